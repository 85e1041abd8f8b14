//! Which code refuses a parameter that is missing or wrong.

use bytes::Bytes;
use meeting_types::{OperationInfo, Problem, RequestError, ServiceError};

use crate::state::errors::{self, Refusal};

/// The code for a parameter that has no code of its own.
pub(super) fn family(info: &OperationInfo) -> Refusal {
    if info.path.contains("/usg/acs/") {
        errors::LOGIN_PARAMETER
    } else if info.path.contains("/usg/") {
        errors::DIRECTORY_PARAMETER
    } else {
        errors::PARAMETER
    }
}

/// The code for a parameter that is missing or wrong.
pub(crate) fn refusal(info: &OperationInfo, body: &Bytes, error: &RequestError) -> ServiceError {
    // The name comes with the way to it, such as `attendees[2].name`.
    let path = error.parameter();
    let blank = error.problem() == Problem::Blank;
    let too_long = matches!(error.problem(), Problem::TooLong { .. });
    let refusal = code(info, body.is_empty(), path, blank, too_long);
    refusal.with_message(error.to_string())
}

/// The refusal of a value of an enum that nobody documents.
pub(super) fn unknown(info: &OperationInfo, path: &str) -> ServiceError {
    let refusal = match path {
        "imageType" => errors::LAYOUT_UNKNOWN,
        "switchMode" => errors::DISPLAY_MODE,
        _ => code(info, false, path, false, false),
    };
    refusal.with_message(format!("{}: `{path}` has no such value", info.name))
}

/// The code for a parameter, by its name.
fn code(info: &OperationInfo, no_body: bool, path: &str, blank: bool, too_long: bool) -> Refusal {
    match path.rsplit('.').next().unwrap_or_default() {
        _ if info.path.contains("/usg/") => family(info),
        _ if no_body && path == "body" => errors::BODY_MISSING,
        "chairmanPwd" => errors::HOST_PASSWORD_WRONG,
        "X-Password" if info.name == "CreateConfToken" => errors::NOT_FOUND_OR_REFUSED,
        "loginAccount" => errors::NO_SUCH_INTERPRETER,
        "subscriberInPics" => errors::NOBODY_IN_PICTURES,
        "participantID" if info.name == "SetHostView" => errors::NO_SUCH_PARTICIPANT,
        "subject" => errors::SUBJECT_TOO_LONG,
        "newName" if blank => errors::NAME_EMPTY,
        "callNum" if blank => errors::NUMBER_EMPTY,
        "newName" if too_long => errors::NEW_NAME_TOO_LONG,
        "phone" if too_long && controls(info) => errors::NUMBER_TOO_LONG,
        "email" if too_long && controls(info) => errors::EMAIL_TOO_LONG,
        "sms" if too_long && controls(info) => errors::SMS_TOO_LONG,
        "length" => errors::BAD_LENGTH,
        "mediaTypes" => errors::BAD_MEDIA_TYPE,
        "guestPwd" => errors::BAD_GUEST_PASSWORD,
        "name" => errors::NAME_TOO_LONG,
        "manualSet" => errors::MANUAL_MODE,
        "imageType" => errors::LAYOUT_EMPTY,
        "switchMode" => errors::DISPLAY_MODE_EMPTY,
        "viewType" => errors::VIEW_TYPE,
        "switchTime" => errors::POLLING_TIME,
        "interpreterGroups" => errors::GROUPS_REQUIRED,
        "status" if info.subgroup == "layout" => errors::SWITCH_VALUE,
        "language" if books(info) => errors::BAD_LANGUAGE,
        "encryptMode" => errors::BAD_ENCRYPTION,
        "recordType" if books(info) => errors::BAD_RECORD_TYPE,
        "isAutoRecord" => errors::BAD_AUTO_RECORD,
        "size" if books(info) => errors::BAD_SIZE,
        "vmrFlag" => errors::BAD_VMR_FLAG,
        "vmrID" if books(info) => errors::BAD_VMR_ID,
        "liveAddress" => errors::BAD_LIVE_ADDRESS,
        "auxAddress" => errors::BAD_AUX_ADDRESS,
        "cycleParams" => errors::NO_RECURRENCE,
        "startDate" if books(info) => errors::NO_FIRST_DAY,
        "endDate" if books(info) => errors::NO_LAST_DAY,
        "cycle" => errors::CYCLE_TYPE,
        "interval" if books(info) => errors::BAD_INTERVAL,
        "point" => errors::BAD_DAYS,
        _ => errors::PARAMETER,
    }
}

/// Whether an operation books a meeting, or changes what is booked.
fn books(info: &OperationInfo) -> bool {
    info.group == "conference-management"
}

fn controls(info: &OperationInfo) -> bool {
    info.path.starts_with("/v1/mmc/control/")
}
