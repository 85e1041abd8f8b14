//! The login of an engine: shared, of another user, ended.

use std::{sync::Arc, time::Duration};

use meeting_types::{
    Claim, LoginStore, Operation as _, Problem, RequestError, ServiceError, Timestamp, UserId,
    operations::{CreateAppIdToken, DeleteToken},
};

use super::{Engine, LoggedIn};
use crate::{
    Error, OnStoreLoss,
    call::{Call, complete},
    login::LoginSource,
    login_store::{Answer, Consulted, Question, consult},
    token::TokenUse,
    users::UserLogins,
};

impl Engine<LoggedIn> {
    /// An engine with the same credentials whose login is shared, through `store`, with all processes
    /// that have the same store. It begins with the token that the credentials resume, if they do, and
    /// not with that of this engine.
    ///
    /// The store is asked when there is no token, when it wants to be renewed and when it is refused.
    /// A token that was had elsewhere is not shared, nor is the login by a one-time code.
    #[must_use]
    pub fn with_store(&self, store: Arc<dyn LoginStore>, on_loss: OnStoreLoss) -> Self {
        let login = self.login.as_ref();
        Self {
            login: login.map(|login| Arc::new(login.over_store(store, on_loss))),
            users: Some(Arc::new(UserLogins::at_most(self.config.users()))),
            ..self.clone()
        }
    }

    /// An engine of the same application that logs in as another user. It shares transport, retry
    /// budget, pace and store with this one.
    ///
    /// The login of a user is kept for the next engine of that user. When there are more than
    /// [`Config::max_users`](crate::Config::max_users), the one that was not asked for the longest is let go, those last that an
    /// engine still holds: that user logs in again, unless a [store](Self::with_store) has the login.
    ///
    /// # Errors
    ///
    /// [`Error::Request`] naming `userId`, when the engine does not log in as an application.
    pub fn as_user(&self, user: impl Into<UserId>) -> Result<Self, Error> {
        let user = user.into();
        let (Some(login), Some(users)) = (&self.login, &self.users) else {
            return Err(not_an_application());
        };
        let login = users.get(&user, || login.of_user(&user));
        Ok(Self {
            login: Some(login.ok_or_else(not_an_application)?),
            ..self.clone()
        })
    }

    /// Number of users whose logins are kept for [`as_user`](Self::as_user).
    #[must_use]
    pub fn users(&self) -> usize {
        self.users.as_ref().map_or(0, |users| users.len())
    }

    /// Ends the access token, if there is one. The next call logs in again; with a token that was
    /// had elsewhere it is refused.
    ///
    /// Over a [store](Self::with_store) the token is only forgotten, in this process:
    /// [`end_login`](Self::end_login) ends it for all.
    ///
    /// # Errors
    ///
    /// [`Error`] when no response came, or the service refused. The token is forgotten all the same.
    pub async fn log_out(&self) -> Result<(), Error> {
        let Some(login) = &self.login else {
            return Ok(());
        };
        if login.link().is_some() {
            login.let_go();
            return Ok(());
        }
        match login.abandon(self.now()) {
            Some(ender) => self.end(ender).await,
            None => Ok(()),
        }
    }

    /// Ends the login for all processes that share it, and forgets it in the store. The others log in
    /// again, once, when the service refuses them. Without a store it is [`log_out`](Self::log_out).
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the store is away; the token of this process is forgotten, and nothing is
    /// ended. Otherwise as for [`log_out`](Self::log_out).
    pub async fn end_login(&self) -> Result<(), Error> {
        let Some((login, link)) = (self.login.as_ref()).and_then(|it| Some((it, it.link()?)))
        else {
            return self.log_out().await;
        };
        let ask = |question| consult(self.transport(), link.ask(question, self.now()));
        let held = (login.saved(), login.shared_number());
        login.let_go();
        let claim = ask(Question::Claim {
            newer_than: 0,
            patience: Duration::ZERO,
        });
        let (last, number) = match claim.await.map_err(Error::Store)? {
            Consulted(Answer::Claim(claim)) => match *claim {
                Claim::Have { number, login } => (Some(login), number),
                Claim::Yours { number, .. } => {
                    let released = ask(Question::Release { number }).await;
                    released.map_err(Error::Store)?;
                    held
                }
                _ => held,
            },
            Consulted(Answer::Told(_)) => held,
        };
        let Some(last) = last.filter(|last| Timestamp::from(self.now()) < last.expires_at) else {
            return Ok(());
        };
        // Nobody takes it from there any more when it ends.
        let forgotten = ask(Question::Forget { number }).await;
        forgotten.map_err(Error::Store)?;
        self.end(login.ender_of(&last)).await
    }

    async fn end(&self, login: LoginSource) -> Result<(), Error> {
        let operation = DeleteToken::new();
        let token = Box::new(TokenUse::new(Arc::new(login)));
        let mut call = Call::new(&operation, &self.config, Some(token));
        match complete::<DeleteToken>(&*self.transport, &mut call).await {
            // It was over already.
            Err(error) if error.service().is_some_and(ServiceError::is_token_expired) => Ok(()),
            ended => ended.map(drop),
        }
    }
}

fn not_an_application() -> Error {
    let problem = Problem::Excluded {
        by: "",
        why: "only a client that logs in as an application acts as its users",
    };
    RequestError::new(CreateAppIdToken::INFO.name, "userId", problem).into()
}
