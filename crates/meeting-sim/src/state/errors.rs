//! The refusals that the simulator makes: documented codes, in words of our own.

use http::StatusCode;
use meeting_types::ServiceError;

/// A documented code with its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

const fn refusal(status: StatusCode, code: &'static str, message: &'static str) -> Refusal {
    Refusal {
        status,
        code,
        message,
    }
}

/// Nearly every refusal has status 400.
const fn bad(code: &'static str, message: &'static str) -> Refusal {
    refusal(StatusCode::BAD_REQUEST, code, message)
}

impl Refusal {
    /// The same code with a message that tells more.
    pub(crate) fn with_message(self, reason: impl Into<String>) -> ServiceError {
        let reason = reason.into();
        let is_constant = |text: &str| {
            let mut letters = text.bytes();
            letters.all(|it| it.is_ascii_uppercase() || it == b'_')
        };
        // The documented constant stands first, and what we know about it behind.
        let message = if is_constant(self.message) && reason != self.message {
            format!("{}: {reason}", self.message)
        } else {
            reason
        };
        ServiceError::new(self.status, self.code, message)
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        refusal.with_message(refusal.message)
    }
}

/// The digits of a code, where the service writes a code as a number.
pub(crate) fn number(error: &ServiceError) -> i64 {
    let digits = error.code().rsplit('.').next().unwrap_or_default();
    digits.parse().unwrap_or(-1)
}

// The gateway in front of the service.
pub(crate) const NO_SUCH_API: Refusal = refusal(
    StatusCode::NOT_FOUND,
    "APIG.0101",
    "The API does not exist or has not been published in the environment",
);
pub(crate) const BODY_TOO_LARGE: Refusal = refusal(
    StatusCode::PAYLOAD_TOO_LARGE,
    "APIG.0201",
    "Request entity too large",
);
pub(crate) const THROTTLED: Refusal = refusal(
    StatusCode::TOO_MANY_REQUESTS,
    "APIG.0308",
    "The throttling threshold has been reached: policy api over ratelimit,limit:100,time:1 minute",
);

// Logins and access tokens.
pub(crate) const WRONG_ACCOUNT_PASSWORD: Refusal = refusal(
    StatusCode::UNAUTHORIZED,
    "USG.206010000",
    "Wrong account or password",
);
pub(crate) const ACCOUNT_DISABLED: Refusal = refusal(
    StatusCode::PRECONDITION_FAILED,
    "USG.206010007",
    "The account is disabled",
);
pub(crate) const SIGNATURE_REJECTED: Refusal = refusal(
    StatusCode::UNAUTHORIZED,
    "USG.206010025",
    "The signature of the App ID is wrong",
);
pub(crate) const SIGNATURE_EXPIRED: Refusal = refusal(
    StatusCode::UNAUTHORIZED,
    "USG.206010057",
    "The signature of the App ID has expired",
);
pub(crate) const TOKEN_INVALID: Refusal = refusal(
    StatusCode::UNAUTHORIZED,
    "USG.206020000",
    "The token is invalid or has expired",
);
pub(crate) const TOKEN_KICKED: Refusal = refusal(
    StatusCode::UNAUTHORIZED,
    "USG.206020002",
    "The token was ended by another login",
);
pub(crate) const ACCOUNT_LOCKED: Refusal = refusal(
    StatusCode::LOCKED,
    "USG.206030015",
    "The account is locked, try again in 60 seconds",
);
pub(crate) const LOGIN_PARAMETER: Refusal = bad("USG.206060011", "A parameter is wrong");

// The directory.
pub(crate) const ILLEGAL_REQUEST: Refusal =
    refusal(StatusCode::FORBIDDEN, "USG.000000004", "Illegal request");

pub(crate) const DIRECTORY_PARAMETER: Refusal = bad("USG.000000003", "A parameter is not valid");
pub(crate) const NO_SUCH_DEPARTMENT: Refusal = bad("USG.201030000", "There is no such department");
pub(crate) const TOP_DEPARTMENT: Refusal =
    bad("USG.201030006", "The top department cannot be deleted");
pub(crate) const NO_SUCH_USER: Refusal = bad("USG.201040000", "There is no such user");
pub(crate) const ACCOUNT_TAKEN: Refusal = bad("USG.201040001", "The account is there already");
pub(crate) const NO_ORDINARY_MEMBER: Refusal = bad(
    "USG.201040003",
    "Only an ordinary member can be made an administrator",
);
pub(crate) const DEFAULT_ADMIN_STAYS: Refusal = bad(
    "USG.201040004",
    "The default administrator cannot be deleted",
);
pub(crate) const TOO_MANY_USERS: Refusal =
    bad("USG.201040005", "There are as many users as allowed");
pub(crate) const CODE_LOCKED: Refusal = bad("USG.201040012", "There were too many wrong codes");
pub(crate) const USER_ID_TAKEN: Refusal = bad("USG.201040017", "The user id is taken");
pub(crate) const NO_SUCH_DEVICE: Refusal = bad("USG.201050000", "There is no such terminal");
pub(crate) const TOO_MANY_DEVICES: Refusal =
    bad("USG.201050005", "There are more terminals than licences");
pub(crate) const TOO_MANY_RESETS: Refusal = bad(
    "USG.201050010",
    "The activation code was reset 5 times today",
);
pub(crate) const ROOM_PASSWORDS_EQUAL: Refusal = bad(
    "USG.201080006",
    "The host and the guest password may not be the same",
);
pub(crate) const CODE_WRONG: Refusal =
    bad("USG.206030001", "The verification code is wrong or too old");
pub(crate) const CODE_SENT_LATELY: Refusal = bad(
    "USG.206030004",
    "A new verification code can be sent after 180 seconds",
);
pub(crate) const PICTURE_TOO_LARGE: Refusal = refusal(
    StatusCode::PAYLOAD_TOO_LARGE,
    "USG.200000003",
    "The picture is larger than 10 MB",
);
pub(crate) const NO_PICTURE: Refusal = refusal(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "USG.200000003",
    "The file is no picture",
);

// Booking.
pub(crate) const NOT_YOUR_ROOM: Refusal =
    bad("MMC.111071063", "The cloud room is not the caller's");
pub(crate) const ROOM_TAKEN: Refusal = bad(
    "MMC.111071005",
    "The cloud room has another meeting at that time",
);
pub(crate) const PASSWORD_REQUIRED: Refusal = bad(
    "MMC.111070009",
    "The meeting has a password, and none was given",
);
pub(crate) const NOT_VISIBLE: Refusal = refusal(
    StatusCode::FORBIDDEN,
    "MMC.111070010",
    "The user may not see the meeting",
);
pub(crate) const NOT_PERMITTED: Refusal = refusal(
    StatusCode::FORBIDDEN,
    "MMC.111070002",
    "The user may not do this",
);
pub(crate) const NO_SUCH_CONFERENCE: Refusal = bad("MMC.111070005", "CONF_DATA_NOT_FOUND");
pub(crate) const START_IN_PAST: Refusal = bad("MMC.111071013", "The start time is in the past");
pub(crate) const BAD_MEDIA_TYPE: Refusal = bad("MMC.111071018", "The media type is invalid");
pub(crate) const BAD_LENGTH: Refusal = bad("MMC.111071021", "The duration is out of range");
pub(crate) const SUBJECT_TOO_LONG: Refusal = bad("MMC.111071022", "The subject is too long");
pub(crate) const ANONYMOUS_LOCKED: Refusal = bad(
    "MMC.111071052",
    "Too many wrong passwords, joining is locked for a while",
);
pub(crate) const NO_RECURRENCE: Refusal = bad(
    "MMC.111071020",
    "The parameters of the recurrence are missing",
);
pub(crate) const NO_SUB_MEETING: Refusal = bad(
    "MMC.111071016",
    "The list of single meetings is empty or names none",
);
pub(crate) const CYCLE_TYPE: Refusal =
    bad("MMC.111071043", "The unit of the recurrence is invalid");
pub(crate) const BAD_LANGUAGE: Refusal = bad("MMC.111071035", "The language is invalid");
pub(crate) const BAD_ENCRYPTION: Refusal = bad("MMC.111071034", "The encryption mode is invalid");
pub(crate) const BAD_RECORD_TYPE: Refusal =
    bad("MMC.111071038", "The kind of recording is invalid");
pub(crate) const BAD_AUTO_RECORD: Refusal = bad(
    "MMC.111071032",
    "Whether to record automatically is invalid",
);
pub(crate) const BAD_SIZE: Refusal = bad(
    "MMC.111071017",
    "The number of participants is out of range",
);
pub(crate) const BAD_VMR_FLAG: Refusal =
    bad("MMC.111071047", "Whether to use a cloud room is invalid");
pub(crate) const BAD_VMR_ID: Refusal = bad("MMC.111071037", "The id of the cloud room is too long");
pub(crate) const BAD_LIVE_ADDRESS: Refusal = bad("MMC.111071039", "The live address is too long");
pub(crate) const BAD_AUX_ADDRESS: Refusal =
    bad("MMC.111071040", "The second live address is too long");
pub(crate) const NO_FIRST_DAY: Refusal = bad(
    "MMC.111071041",
    "The first day of the recurrence is missing",
);
pub(crate) const NO_LAST_DAY: Refusal =
    bad("MMC.111071042", "The last day of the recurrence is missing");
pub(crate) const BAD_INTERVAL: Refusal =
    bad("MMC.111071044", "The interval of the recurrence is invalid");
pub(crate) const BAD_DAYS: Refusal = bad("MMC.111071046", "A day of the recurrence is invalid");
pub(crate) const RUNNING_NOT_CHANGED: Refusal = bad(
    "MMC.111071065",
    "The meeting is running and cannot be changed",
);
pub(crate) const PASSWORD_IS_ID: Refusal = bad(
    "MMC.111071081",
    "The guest password is the id of the meeting",
);
pub(crate) const PASSWORD_IS_HOSTS: Refusal =
    bad("MMC.111071105", "The guest password is the host password");
pub(crate) const GUEST_MUST_WAIT: Refusal = bad(
    "MMC.111071058",
    "The meeting has not started and guests cannot start it",
);
pub(crate) const PARAMETER: Refusal = bad("MMC.111071061", "PARAMETER_VERIFIED_FAIL");
pub(crate) const RUNNING_NOT_CANCELLED: Refusal = bad(
    "MMC.111071067",
    "The meeting is running and cannot be cancelled",
);
pub(crate) const ENTERPRISE_ONLY: Refusal =
    bad("MMC.111071074", "Only people of the enterprise may join");
pub(crate) const INVITED_ONLY: Refusal =
    bad("MMC.111071075", "Only those who are invited may join");
pub(crate) const BAD_GUEST_PASSWORD: Refusal =
    bad("MMC.111071080", "The guest password is not allowed");
pub(crate) const WRONG_PASSWORD: Refusal =
    bad("MMC.111071091", "The password of the meeting is wrong");

// Pictures.
pub(crate) const TOO_MANY_LAYOUTS: Refusal = bad("MMC.111071085", "Too many layouts are saved");
pub(crate) const MANUAL_MODE: Refusal =
    bad("MMC.111071086", "How to arrange the pictures is invalid");
pub(crate) const TOO_MANY_PICTURES: Refusal = bad(
    "MMC.111071087",
    "There are more pictures than the layout has",
);
pub(crate) const TOO_MANY_IN_PICTURE: Refusal =
    bad("MMC.111071088", "There are too many sites in one picture");
pub(crate) const VOICE_SITE_IN_PICTURE: Refusal =
    bad("MMC.111072027", "A voice site cannot be in a picture");
pub(crate) const NOBODY_IN_PICTURES: Refusal =
    bad("MMC.111072028", "There is no site in the pictures");
pub(crate) const SEVERAL_SHARES: Refusal =
    bad("MMC.111072029", "Only one picture can show shared content");
pub(crate) const VIEW_TYPE: Refusal = bad("MMC.111072040", "The kind of view is invalid");
pub(crate) const POLLING_TIME: Refusal = bad("MMC.111072042", "The interval is out of range");
pub(crate) const LAYOUT_EMPTY: Refusal = bad("MMC.111072043", "There is no layout");
pub(crate) const LAYOUT_UNKNOWN: Refusal = bad("MMC.111072044", "The layout is unknown");
pub(crate) const SWITCH_VALUE: Refusal = bad("MMC.111072045", "The switch is invalid");
pub(crate) const DISPLAY_MODE_EMPTY: Refusal = bad("MMC.111072051", "There is no display mode");
pub(crate) const DISPLAY_MODE: Refusal = bad("MMC.111072052", "The display mode is invalid");
pub(crate) const PICTURE_TYPE: Refusal = bad(
    "MMC.111072053",
    "The mode does not go with this number of pictures",
);
pub(crate) const NO_SUCH_PICTURE: Refusal = bad(
    "MMC.111072058",
    "The layout has no picture with this number",
);
pub(crate) const NO_HOST: Refusal = bad("MMC.111072059", "The meeting has no host");
pub(crate) const ORDINARY_SITE: Refusal = bad(
    "MMC.111072060",
    "Professional room devices only can do this",
);
pub(crate) const POLLING_RUNS: Refusal =
    bad("MMC.111072061", "The host is being shown all sites in turn");
pub(crate) const HOST_ON_CLIENT: Refusal = bad(
    "MMC.111072062",
    "The host uses a client that arranges its pictures itself",
);

// Recording and live broadcast.
pub(crate) const NOT_A_RECORDING_MEETING: Refusal =
    bad("MMC.111072020", "The meeting was not booked to be recorded");
pub(crate) const RECORDER_OUT_OF_REACH: Refusal =
    bad("MMC.111072021", "The recorder was not reached");
pub(crate) const RECORDERS_SHORT: Refusal = bad("MMC.111072022", "No recorder is free");
pub(crate) const NO_RECORDING_SPACE: Refusal =
    bad("MMC.111072066", "The enterprise has no recording space");
pub(crate) const RECORDING_SPACE_FULL: Refusal =
    bad("MMC.111072067", "The recording space is full");
pub(crate) const LIVE_FAILED: Refusal =
    bad("MMC.111072068", "The live broadcast could not be started");

// Interpretation.
pub(crate) const GROUPS_REQUIRED: Refusal = bad("MMC.111071098", "There is no interpreter group");
pub(crate) const LANGUAGE_UNKNOWN: Refusal = bad("MMC.111071099", "The language is not allowed");
pub(crate) const TOO_MANY_LANGUAGES: Refusal =
    bad("MMC.111071100", "The meeting has too many languages");
pub(crate) const GROUP_REPEATED: Refusal =
    bad("MMC.111071101", "Two interpreter groups have the same id");
pub(crate) const TOO_MANY_INTERPRETERS: Refusal =
    bad("MMC.111071102", "An interpreter group has too many members");
pub(crate) const INTERPRETER_REPEATED: Refusal =
    bad("MMC.111071103", "An interpreter is named twice");
pub(crate) const NO_SUCH_INTERPRETER: Refusal = bad(
    "MMC.111071104",
    "The account of an interpreter does not exist",
);
pub(crate) const NO_INTERPRETATION: Refusal = bad(
    "MMC.111072091",
    "The meeting was booked without interpretation",
);
pub(crate) const NO_GROUPS: Refusal = bad("MMC.111072092", "The meeting has no interpreter groups");
pub(crate) const INTERPRETATION_OFF: Refusal = bad("MMC.111072093", "Interpretation is not on");
pub(crate) const NO_SUCH_CHANNEL: Refusal =
    bad("MMC.111072096", "No interpreter group has this language");
pub(crate) const IS_INTERPRETER: Refusal = bad("MMC.111072097", "The site is an interpreter");
pub(crate) const CHANNELS_DIFFER: Refusal = bad(
    "MMC.111072098",
    "The languages to listen to and to speak in differ",
);

// Control.
pub(crate) const CONTROL_TOKEN_MISSING: Refusal =
    bad("MMC.111070111", "The request carries no control token");
pub(crate) const NOT_RUNNING: Refusal = bad("MMC.111072005", "The meeting is not running");
pub(crate) const ENDED: Refusal = bad("MMC.111072006", "The meeting has ended");
pub(crate) const NO_SUCH_PARTICIPANT: Refusal =
    bad("MMC.111072008", "The participant is not in the meeting");
pub(crate) const STATE_FORBIDS: Refusal = bad(
    "MMC.111072011",
    "The state of the participant does not allow this",
);
pub(crate) const VOICE_MEETING: Refusal = bad("MMC.111072025", "The meeting is for voice only");
pub(crate) const VOICE_SITE: Refusal = bad("MMC.111072026", "The participant has no picture");
pub(crate) const NUMBER_EMPTY: Refusal = bad("MMC.111072031", "The number to call is empty");
pub(crate) const NUMBER_TOO_LONG: Refusal = bad("MMC.111072032", "The number to call is too long");
pub(crate) const BAD_NUMBER: Refusal = bad("MMC.111072033", "The number to call is malformed");
pub(crate) const NAME_TOO_LONG: Refusal = bad("MMC.111072034", "The name is too long");
pub(crate) const EMAIL_TOO_LONG: Refusal = bad("MMC.111072036", "The mail address is too long");
pub(crate) const SMS_TOO_LONG: Refusal = bad("MMC.111072037", "The mobile number is too long");
pub(crate) const NAME_EMPTY: Refusal = bad("MMC.111072046", "The name is empty");
pub(crate) const NEW_NAME_TOO_LONG: Refusal = bad("MMC.111072047", "The new name is too long");
pub(crate) const LOCKED: Refusal = bad("MMC.111072050", "The meeting is locked");
pub(crate) const BODY_MISSING: Refusal = bad("MMC.111072057", "The request has no body");
pub(crate) const CONTROL_LOCKED: Refusal = bad(
    "MMC.111072064",
    "Too many wrong passwords, control is locked for a while",
);
pub(crate) const NOT_FOUND_OR_REFUSED: Refusal =
    bad("MMC.111072065", "CONF_NOT_FOUND_OR_AUTH_FAILED");
pub(crate) const HOST_RAISES_NO_HAND: Refusal =
    bad("MMC.111072069", "The host cannot raise a hand");
pub(crate) const GUESTS_MAY_NOT: Refusal = bad("MMC.111072070", "Guests may not do this");
pub(crate) const ONLY_ON_YOURSELF: Refusal =
    bad("MMC.111072071", "You may do this on yourself only");
pub(crate) const CANNOT_CONTROL: Refusal = bad(
    "MMC.111072072",
    "The participant has nothing to control a meeting with",
);
pub(crate) const SHARING_TAKEN: Refusal = bad(
    "MMC.111072083",
    "Somebody else shares and cannot be interrupted",
);
pub(crate) const TOO_MANY_HANDS: Refusal = bad("MMC.111072102", "Too many hands are up");
pub(crate) const NO_COHOSTS: Refusal = bad("MMC.111072105", "The meeting does not have co-hosts");
pub(crate) const DEVICE_IS_NO_COHOST: Refusal = bad(
    "MMC.111072106",
    "The participant's device cannot be a co-host",
);
pub(crate) const HOST_IS_NO_COHOST: Refusal = bad("MMC.111072107", "The host cannot be a co-host");
pub(crate) const DEVICE_IS_NOT_ASKED: Refusal = bad(
    "MMC.111072111",
    "The participant's device cannot be asked to share",
);
pub(crate) const CLIENT_CANNOT_RECORD: Refusal =
    bad("MMC.111072208", "The participant's client cannot record");
pub(crate) const BANNED_WORD: Refusal = bad("MMC.111072214", "The new name has a banned word");
pub(crate) const HOST_PASSWORD_WRONG: Refusal = bad("MMC.111072018", "The host password is wrong");
pub(crate) const HOST_EXISTS: Refusal = bad("MMC.111074001", "The meeting has a host already");
pub(crate) const LONGEST_DURATION: Refusal = bad(
    "MMC.111074003",
    "The meeting has its longest duration already",
);

// The waiting room.
pub(crate) const COHOST_WAITS_NOT: Refusal = bad(
    "MMC.111112004",
    "A co-host cannot be moved to the waiting room",
);
pub(crate) const NO_WAITING_ROOM: Refusal = bad("MMC.111112005", "The meeting has no waiting room");
pub(crate) const CLIENT_CANNOT_WAIT: Refusal = bad(
    "MMC.111112008",
    "The participant's client does not know waiting rooms",
);
