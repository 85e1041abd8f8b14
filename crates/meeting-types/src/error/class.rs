//! Classes of refusals, by what the caller can do.

/// Class of a refusal: what the caller can do about it.
///
/// The class is this crate's judgement, made from the meaning of the code. Most classes have a
/// question of [`ServiceError`](crate::ServiceError), which also counts the HTTP status where the
/// code says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// A missing object: a meeting, a user, a department, a terminal. Check the id.
    NotFound,
    /// A name or an object that exists already. Take the one that exists, or another name.
    AlreadyThere,
    /// A wrong password. Ask for it again; too many wrong ones lock the meeting or the account.
    WrongPassword,
    /// A password that is needed and was not given. Ask for it.
    PasswordRequired,
    /// A new password that is not allowed. Choose another.
    PasswordNotAllowed,
    /// A lock after too many wrong passwords or codes. Wait before the next attempt.
    Locked,
    /// An account that is disabled or was never activated. Its administrator can help; waiting does
    /// not.
    AccountDisabled,
    /// A signature of an App ID login that is wrong or past its time. Check the App Key and the clock.
    SignatureRefused,
    /// A verification code, slider check, activation code or random that is missing, wrong or too
    /// old. Get a new one.
    VerificationRefused,
    /// A login that failed for another reason than a password or a signature. Check the kind of login
    /// and the account.
    LoginRefused,
    /// An access token that is missing or no longer good. Log in again; the clients of this SDK do.
    TokenExpired,
    /// A meeting that is not there, or a control token or password that it does not take. The service
    /// does not tell these apart: check the id and the password, or get a new control token.
    ConferenceTokenRefused,
    /// An action that is not allowed, to this caller or on this object. The same call fails again
    /// until somebody changes the rights.
    Forbidden,
    /// A meeting that has not started, or has ended. Start it, or wait for its start.
    NotRunning,
    /// A participant who is not in the meeting. Read the list of participants again.
    UnknownParticipant,
    /// A state of the meeting or of another object that does not allow this now. Change the state
    /// first.
    StateConflict,
    /// A feature that is not supported, not bought or not switched on. Do without it.
    FeatureMissing,
    /// A wrong parameter. The same call fails again: change it.
    InvalidParameter,
    /// A limit that is used up: licences, participants, space, attempts of a day. Wait until some is
    /// free, or have the limit raised.
    QuotaExceeded,
    /// Too many calls. Slow down.
    Throttled,
    /// A service that is busy or short of resources. Try again later.
    Busy,
    /// A failure inside the service. Try again later, and give the request id to its support.
    ServerFault,
    /// A call to a participant that failed: no answer, busy, declined, offline. Call again.
    CallFailed,
    /// A participant who left or was hung up on. Events carry these codes; there is no need to act.
    CallEnded,
    /// None of the other classes. Only the HTTP status says more.
    Other,
}
