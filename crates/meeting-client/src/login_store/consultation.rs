//! Question to the store that processes share.

use std::{
    fmt,
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, SystemTime},
};

use meeting_types::{
    Claim, Claimant, LoginStore, SavedLogin, ServiceError, StoreError, Timestamp, Transport,
};

/// Time that a store has for an answer, unless less is left of the call.
const LONGEST: Duration = Duration::from_secs(5);

/// Question to a login store, which an [`Action`](crate::Action) of a call hands out.
///
/// [`ask`](Self::ask) asks it, and [`Call::handle_consulted`](crate::Call::handle_consulted) takes the
/// answer.
#[must_use = "the call waits for its answer"]
pub struct Consultation {
    store: Arc<dyn LoginStore>,
    claimant: Arc<Claimant>,
    question: Question,
    now: Timestamp,
    limit: Duration,
}

/// Question to a store.
pub(crate) enum Question {
    Claim {
        newer_than: u64,
        patience: Duration,
    },
    Put {
        number: u64,
        login: Box<SavedLogin>,
    },
    Refuse {
        number: u64,
        refusal: Box<ServiceError>,
        rest: Duration,
    },
    Release {
        number: u64,
    },
    Forget {
        number: u64,
    },
}

/// Answer of a login store.
pub struct Consulted(pub(crate) Answer);

pub(crate) enum Answer {
    Claim(Box<Claim>),
    /// True when what was told counts; false for a login that came too late.
    Told(bool),
}

impl Consultation {
    pub(super) fn new(
        store: Arc<dyn LoginStore>,
        claimant: Arc<Claimant>,
        question: Question,
        now: SystemTime,
    ) -> Self {
        Self {
            store,
            claimant,
            question,
            now: now.into(),
            limit: LONGEST,
        }
    }

    pub(crate) fn within(mut self, left: Duration) -> Self {
        self.limit = self.limit.min(left);
        self
    }

    /// The time that the store has for an answer. A program that waits no longer reports a
    /// [`StoreError`].
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Asks the store.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store is away.
    pub async fn ask(self) -> Result<Consulted, StoreError> {
        let (store, claimant, now) = (&*self.store, &*self.claimant, self.now);
        let told = match self.question {
            Question::Claim {
                newer_than,
                patience,
            } => {
                let claim = store.claim(claimant, newer_than, patience, now).await?;
                return Ok(Consulted(Answer::Claim(Box::new(claim))));
            }
            Question::Put { number, login } => store.put(claimant, number, &login, now).await?,
            Question::Refuse {
                number,
                refusal,
                rest,
            } => {
                let refused = store.refuse(claimant, number, &refusal, rest, now);
                refused.await.map(|()| true)?
            }
            Question::Release { number } => store.release(claimant, number).await.map(|()| true)?,
            Question::Forget { number } => store.forget(claimant, number).await.map(|()| true)?,
        };
        Ok(Consulted(Answer::Told(told)))
    }
}

/// Asks, and gives up when the time for it is over.
pub(crate) async fn consult(
    transport: &dyn Transport,
    consultation: Consultation,
) -> Result<Consulted, StoreError> {
    in_time(transport, consultation.limit(), consultation.ask()).await
}

/// The answer of a store, if it comes within `limit`.
pub(crate) async fn in_time<T>(
    transport: &(impl Transport + ?Sized),
    limit: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let mut answer = pin!(answer);
    let mut over = pin!(transport.sleep(limit));
    poll_fn(|context| {
        // A store that never waits is ready here, and the sleep is never begun.
        if let Poll::Ready(answer) = answer.as_mut().poll(context) {
            return Poll::Ready(answer);
        }
        over.as_mut().poll(context).map(|()| {
            let late = format!("no answer within {limit:?}");
            Err(StoreError::new(late))
        })
    })
    .await
}

impl Question {
    fn name(&self) -> &'static str {
        match self {
            Self::Claim { .. } => "Claim",
            Self::Put { .. } => "Put",
            Self::Refuse { .. } => "Refuse",
            Self::Release { .. } => "Release",
            Self::Forget { .. } => "Forget",
        }
    }
}

/// Prints no token.
impl fmt::Debug for Consultation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.question.name(), self.claimant.key())
    }
}

/// Prints no token.
impl fmt::Debug for Consulted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Answer::Claim(claim) => claim.fmt(f),
            Answer::Told(told) => write!(f, "Told({told})"),
        }
    }
}
