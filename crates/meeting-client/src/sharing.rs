//! The store of logins and the pace that an engine shares with others.

use std::{fmt, sync::Arc};

use meeting_types::{LoginStore, Pacer};

use crate::{Anonymous, Engine, LoggedIn, OnStoreLoss};

/// Store of logins and pace that the engine of a client shares with other engines and processes. The
/// default shares nothing.
///
/// Builders of clients hold one. They also check that stores and pacers suit their world
/// ([`NonBlocking`](meeting_types::NonBlocking), [`Immediate`](meeting_types::Immediate)), which this
/// does not.
#[derive(Clone, Default)]
pub struct Sharing {
    logins: Option<Arc<dyn LoginStore>>,
    on_store_loss: OnStoreLoss,
    pacer: Option<Arc<dyn Pacer>>,
}

impl Sharing {
    /// Shares logins through this store.
    pub fn set_logins(&mut self, store: Arc<dyn LoginStore>) {
        self.logins = Some(store);
    }

    /// Chooses what happens when a login is needed while the store is away.
    pub fn set_on_store_loss(&mut self, choice: OnStoreLoss) {
        self.on_store_loss = choice;
    }

    /// Shares this pace.
    pub fn set_pacer(&mut self, pacer: Arc<dyn Pacer>) {
        self.pacer = Some(pacer);
    }

    /// Gives the pace to an engine without a login.
    #[must_use]
    pub fn anonymous(self, engine: Engine<Anonymous>) -> Engine<Anonymous> {
        with_pacer(engine, self.pacer)
    }

    /// Gives store and pace to an engine with a login.
    #[must_use]
    pub fn logged_in(self, engine: Engine<LoggedIn>) -> Engine<LoggedIn> {
        let engine = match self.logins {
            Some(store) => engine.with_store(store, self.on_store_loss),
            None => engine,
        };
        with_pacer(engine, self.pacer)
    }
}

fn with_pacer<A: 'static>(engine: Engine<A>, pacer: Option<Arc<dyn Pacer>>) -> Engine<A> {
    match pacer {
        Some(pacer) => engine.with_pacer(pacer),
        None => engine,
    }
}

impl fmt::Debug for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sharing")
            .field("logins", &self.logins.is_some())
            .field("on_store_loss", &self.on_store_loss)
            .field("pacer", &self.pacer.is_some())
            .finish()
    }
}
