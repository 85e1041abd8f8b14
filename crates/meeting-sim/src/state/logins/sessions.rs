//! Access tokens and refresh tokens.

use std::time::{Duration, SystemTime};

use meeting_types::{
    AccessToken, RefreshToken, ServiceError, Timestamp, UserUuid,
    models::{
        AccountStatus, AdminType, ClientType, CorpType, Login, LoginUser, TokenType, UserType,
    },
};

use crate::state::{corp::directory::User, errors, random::Random};

/// How many tokens a user can hold with [`ClientType::Api`].
pub(crate) const API_TOKENS: usize = 64;
/// Lifetimes of access tokens are drawn from this range.
const LIFETIME_HOURS: std::ops::RangeInclusive<u64> = 12..=24;
const REFRESH_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);
/// How many tokens that ended early are remembered, to say why they are refused.
const REMEMBERED: usize = 1024;

/// One login.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) access: AccessToken,
    refresh: RefreshToken,
    pub(crate) user: UserUuid,
    client_type: ClientType,
    created: SystemTime,
    expires: SystemTime,
    refresh_expires: SystemTime,
    kicked: bool,
}

/// All logins, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    list: Vec<Session>,
}

impl Sessions {
    /// Makes tokens for a user. If the user holds too many, the oldest ends.
    pub(crate) fn open(
        &mut self,
        user: &User,
        client_type: ClientType,
        now: SystemTime,
        random: &mut Random,
    ) -> Login {
        let seconds = |hours: u64| hours * 3600;
        let lifetime =
            random.between(seconds(*LIFETIME_HOURS.start())..=seconds(*LIFETIME_HOURS.end()));
        let session = Session {
            access: AccessToken::new(random.token("stb")),
            refresh: RefreshToken::new(random.token("stb")),
            user: user.uuid.clone(),
            client_type,
            created: now,
            expires: now + Duration::from_secs(lifetime),
            refresh_expires: now + REFRESH_LIFETIME,
            kicked: false,
        };
        let kicked = self.make_room(&session, now);
        let login = reply(&session, user).forced_login(kicked);
        self.list.push(session);
        self.forget(now);
        login
    }

    /// Ends the oldest tokens of the same user until one more is allowed.
    fn make_room(&mut self, next: &Session, now: SystemTime) -> bool {
        let allowed = match next.client_type {
            ClientType::Api => API_TOKENS,
            _ => 1,
        };
        let mut rivals: Vec<&mut Session> = self
            .list
            .iter_mut()
            .filter(|session| {
                session.is_live(now)
                    && session.user == next.user
                    && session.client_type == next.client_type
            })
            .collect();
        let excess = (rivals.len() + 1).saturating_sub(allowed);
        for session in rivals.iter_mut().take(excess) {
            session.kicked = true;
        }
        excess > 0
    }

    fn forget(&mut self, now: SystemTime) {
        self.list.retain(|session| now < session.refresh_expires);
        let mut surplus = self.list.iter().filter(|session| session.kicked).count();
        surplus = surplus.saturating_sub(REMEMBERED);
        self.list.retain(|session| {
            let forgotten = session.kicked && surplus > 0;
            surplus -= usize::from(forgotten);
            !forgotten
        });
    }

    /// The login to which an access token belongs.
    pub(crate) fn find(
        &self,
        token: &AccessToken,
        now: SystemTime,
    ) -> Result<&Session, ServiceError> {
        let session = self.list.iter().find(|session| session.access == *token);
        let session = session.ok_or(errors::TOKEN_INVALID)?;
        if session.kicked {
            return Err(errors::TOKEN_KICKED.into());
        }
        if now >= session.expires {
            return Err(errors::TOKEN_INVALID.into());
        }
        Ok(session)
    }

    /// Ends a login.
    pub(crate) fn close(&mut self, token: &AccessToken) -> Option<Session> {
        let index = self.list.iter().position(|s| s.access == *token)?;
        Some(self.list.remove(index))
    }

    /// Ends the login to which a refresh token belongs, so that a new one can begin.
    pub(crate) fn trade(
        &mut self,
        token: &RefreshToken,
        now: SystemTime,
    ) -> Result<(UserUuid, ClientType), ServiceError> {
        let index = self.list.iter().position(|s| s.refresh == *token);
        let session = self.list.remove(index.ok_or(errors::TOKEN_INVALID)?);
        if session.kicked {
            return Err(errors::TOKEN_KICKED.into());
        }
        if now >= session.refresh_expires {
            return Err(errors::TOKEN_INVALID.into());
        }
        Ok((session.user, session.client_type))
    }

    /// Ends all access tokens, but not the refresh tokens.
    pub(crate) fn expire_access_tokens(&mut self, now: SystemTime) {
        for session in &mut self.list {
            session.expires = session.expires.min(now);
        }
    }

    /// How many access tokens are good at `now`.
    pub(crate) fn live(&self, now: SystemTime) -> usize {
        self.list.iter().filter(|s| s.is_live(now)).count()
    }
}

impl Session {
    fn is_live(&self, now: SystemTime) -> bool {
        !self.kicked && now < self.expires
    }

    pub(crate) fn client_type(&self) -> ClientType {
        self.client_type
    }
}

/// The reply to a login, a renewal or a check.
pub(crate) fn reply(session: &Session, user: &User) -> Login {
    let span = |until: SystemTime| until.duration_since(session.created).unwrap_or_default();
    Login::new(session.access.clone())
        .valid_for(span(session.expires))
        .created_at(session.created.into())
        .expires_at(Timestamp::from(session.expires))
        .refresh_token(session.refresh.clone())
        .refresh_valid_for(span(session.refresh_expires))
        .refresh_created_at(session.created.into())
        .refresh_expires_at(session.refresh_expires.into())
        .token_type(TokenType::Access)
        .token_ip("127.0.0.1")
        .client_type(session.client_type)
        .forced_login(false)
        .first_login(false)
        .password_expired(false)
        .password_days_left(90)
        .deletion_delayed(false)
        .user(login_user(user))
}

fn login_user(user: &User) -> LoginUser {
    let mut reply = LoginUser::new()
        .user_uuid(user.uuid.clone())
        .account_id(user.account.clone())
        .name(user.name.as_str())
        .sip_uri(format!("sip:{}@huaweicloud.com", user.sip_number))
        .realm("huaweicloud.com")
        .corp_id(user.corp_id.clone())
        .corp_type(CorpType::Flagship)
        .user_type(UserType::Member)
        .admin_type(if user.admin {
            AdminType::Primary
        } else {
            AdminType::NotAdmin
        })
        .status(AccountStatus::Active)
        .phone_bound(false)
        .free_user(false);
    reply.third_party_account = user.third_party_account.clone();
    reply.app_id = user.app_id.clone();
    reply
}
