//! Places in which an example of the reference is not sent or read as it stands, with the reasons.

/// A place in an example that is sent or read in another way.
pub(crate) struct Exception {
    pub(crate) operation: &'static str,
    /// `request` or `response` as a whole, or the way to a value.
    pub(crate) place: &'static str,
    pub(crate) reason: &'static str,
}

const fn except(operation: &'static str, place: &'static str, reason: &'static str) -> Exception {
    Exception {
        operation,
        place,
        reason,
    }
}

const NO_BODY: &str = "The table has a body, the example shows none.";
const NO_FILE: &str = "The example of the upload shows no file.";
const CAPITALS: &str = "The example alone spells it so; it is sent as the table has it.";
const EMPTY: &str = "An id or a secret without a character is none.";
const DEAD: &str = "Deprecated and of no use by the reference.";
const GATEWAY: &str = "It belongs to the test host of the gateway, not to the call.";
const VERDICT: &str = "The verdict decides whether there is a reply; it is no part of one.";

pub(crate) const EXCEPTIONS: &[Exception] = &[
    except(
        "SearchCorpExternalDir",
        "reply.data[].otherNumberCountry",
        "An empty text names no country.",
    ),
    except("AddMaterial", "request", NO_FILE),
    except(
        "AddUser",
        "request",
        "Its `sortLevel` is above the limit of the table.",
    ),
    except("AllowAudienceJoin", "request", NO_BODY),
    except(
        "CreateAppIdToken",
        "reply.refreshExpireTime",
        "A number with a comma in it is no time.",
    ),
    except(
        "CreateMeeting",
        "reply[].confConfigInfo.callInRestriction",
        "A comma follows the number.",
    ),
    except("CreateProxyToken", "body.credential", EMPTY),
    except(
        "InviteWithPwd",
        "request",
        "The table requires `confID`, the example leaves it out.",
    ),
    except("PauseConference", "request", NO_BODY),
    except(
        "SearchCorpDir",
        "query.description",
        "The example alone has it.",
    ),
    except("SearchCorpVmr", "query.Limit", CAPITALS),
    except("SearchCorpVmr", "query.Offset", CAPITALS),
    except("SearchCorpVmr", "query.SearchKey", CAPITALS),
    except(
        "SearchHisMeetings",
        "reply.data[].passwordEntry[].password",
        EMPTY,
    ),
    except("SearchHisMeetings", "reply.data[].scheduleVmr", DEAD),
    except(
        "SearchMeetings",
        "reply.data[].passwordEntry[].password",
        EMPTY,
    ),
    except("SearchMemberVmr", "query.Limit", CAPITALS),
    except("SearchMemberVmr", "query.Offset", CAPITALS),
    except("SearchMemberVmr", "query.SearchKey", CAPITALS),
    except(
        "SearchOnlineMeetings",
        "reply.data[].passwordEntry[].password",
        EMPTY,
    ),
    except("ShowLayout", "reply.returnCode", VERDICT),
    except("ShowLayout", "reply.returnDesc", VERDICT),
    except("ShowRoomSetting", "header.x-apig-mode", GATEWAY),
    except("UpdateRoomSetting", "header.x-apig-mode", GATEWAY),
];
