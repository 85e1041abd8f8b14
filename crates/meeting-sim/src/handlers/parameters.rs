//! Which code refuses a parameter that is missing or wrong.

use bytes::Bytes;
use meeting_types::{OperationInfo, Problem, RequestError, ServiceError};

use crate::state::errors::{self, Refusal};

/// The code for a parameter that has no code of its own.
pub(super) fn family(info: &OperationInfo) -> Refusal {
    if info.path.contains("/usg/") {
        errors::LOGIN_PARAMETER
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
    let refusal = match path.rsplit('.').next().unwrap_or_default() {
        _ if info.path.contains("/usg/") => errors::LOGIN_PARAMETER,
        _ if body.is_empty() && path == "body" => errors::BODY_MISSING,
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
        _ => errors::PARAMETER,
    };
    refusal.with_message(error.to_string())
}

fn controls(info: &OperationInfo) -> bool {
    info.path.starts_with("/v1/mmc/control/")
}
