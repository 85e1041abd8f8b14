//! Access tokens and refresh tokens.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    time::{Duration, SystemTime},
};

use meeting_types::{
    AccessToken, RefreshToken, ServiceError, Timestamp, UserUuid,
    models::{ClientType, CorpType, Login, LoginUser, TokenType},
};

use crate::state::{corp::people::User, errors, random::Random};

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

/// All logins, under indexes. Numbers count up, so that the oldest have the lowest.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    all: BTreeMap<u64, Session>,
    next: u64,
    by_access: HashMap<String, u64>,
    by_refresh: HashMap<String, u64>,
    by_user: HashMap<UserUuid, BTreeSet<u64>>,
    /// When a login can be forgotten.
    by_expiry: BTreeSet<(SystemTime, u64)>,
    /// Those that were ended by another login, the one that was ended first before the others.
    kicked: VecDeque<u64>,
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
            access: AccessToken::new(random.access_token()),
            refresh: RefreshToken::new(random.access_token()),
            user: user.uuid.clone(),
            client_type,
            created: now,
            expires: now + Duration::from_secs(lifetime),
            refresh_expires: now + REFRESH_LIFETIME,
            kicked: false,
        };
        self.forget(now);
        let kicked = self.make_room(&session, now);
        let login = reply(&session, user).forced_login(kicked);
        self.put(session);
        login
    }

    fn put(&mut self, session: Session) {
        self.next += 1;
        let id = self.next;
        self.by_access
            .insert(session.access.expose().to_owned(), id);
        self.by_refresh
            .insert(session.refresh.expose().to_owned(), id);
        let of_user = self.by_user.entry(session.user.clone()).or_default();
        of_user.insert(id);
        self.by_expiry.insert((session.refresh_expires, id));
        self.all.insert(id, session);
    }

    fn take(&mut self, id: u64) -> Option<Session> {
        let session = self.all.remove(&id)?;
        self.by_access.remove(session.access.expose());
        self.by_refresh.remove(session.refresh.expose());
        self.by_expiry.remove(&(session.refresh_expires, id));
        if let Some(of_user) = self.by_user.get_mut(&session.user) {
            of_user.remove(&id);
            if of_user.is_empty() {
                self.by_user.remove(&session.user);
            }
        }
        Some(session)
    }

    /// Ends the oldest tokens of the same user until one more is allowed.
    fn make_room(&mut self, next: &Session, now: SystemTime) -> bool {
        let allowed = match next.client_type {
            ClientType::Api => API_TOKENS,
            _ => 1,
        };
        let of_user = self.by_user.get(&next.user).into_iter().flatten();
        let rivals: Vec<u64> = of_user
            .filter(|id| {
                self.all.get(id).is_some_and(|session| {
                    session.is_live(now) && session.client_type == next.client_type
                })
            })
            .copied()
            .collect();
        let excess = (rivals.len() + 1).saturating_sub(allowed);
        for id in rivals.into_iter().take(excess) {
            if let Some(session) = self.all.get_mut(&id) {
                session.kicked = true;
                self.kicked.push_back(id);
            }
        }
        excess > 0
    }

    fn forget(&mut self, now: SystemTime) {
        while let Some((at, id)) = self.by_expiry.first().copied()
            && at <= now
        {
            self.take(id);
        }
        while self.kicked.len() > REMEMBERED {
            if let Some(id) = self.kicked.pop_front() {
                self.take(id);
            }
        }
    }

    /// The login to which an access token belongs.
    pub(crate) fn find(
        &self,
        token: &AccessToken,
        now: SystemTime,
    ) -> Result<&Session, ServiceError> {
        let id = self.by_access.get(token.expose());
        let session = id.and_then(|id| self.all.get(id));
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
        let id = *self.by_access.get(token.expose())?;
        self.take(id)
    }

    /// Ends the login to which a token belongs, so that a new one can begin.
    ///
    /// Newer editions of the reference want the refresh token, older ones the access token, and the
    /// official SDK cannot send any but the latter: both count, an access token while it is good.
    pub(crate) fn trade(
        &mut self,
        token: &RefreshToken,
        now: SystemTime,
    ) -> Result<(UserUuid, ClientType), ServiceError> {
        let access = AccessToken::new(token.expose());
        let id = match self.by_refresh.get(token.expose()) {
            Some(id) => *id,
            None => {
                self.find(&access, now)?;
                *self
                    .by_access
                    .get(token.expose())
                    .ok_or(errors::TOKEN_INVALID)?
            }
        };
        let session = self.take(id).ok_or(errors::TOKEN_INVALID)?;
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
        for session in self.all.values_mut() {
            session.expires = session.expires.min(now);
        }
    }

    /// How many access tokens are good at `now`.
    pub(crate) fn live(&self, now: SystemTime) -> usize {
        self.all.values().filter(|s| s.is_live(now)).count()
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
        .user_type(user.user_type)
        .admin_type(user.admin_type)
        .status(user.status)
        .phone_bound(false)
        .free_user(false);
    reply.third_party_account = user.third_party_account.clone();
    reply.app_id = user.app_id.clone();
    reply
}
