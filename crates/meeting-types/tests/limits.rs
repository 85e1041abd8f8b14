//! Limits that come from shared schemas of the reference, and empty texts where these allow them.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use bytes::Bytes;
use http::Request;
use meeting_types::{
    AccessToken, Endpoint, Operation, Problem, RequestError, ServerOperation,
    models::{NewCorp, NewCorpAdmin, SignageProgramDefinition},
    operations::*,
    schema::Characters,
};

fn request<O: Operation<Authorization = AccessToken>>(
    operation: &O,
) -> Result<Request<Bytes>, RequestError> {
    operation.to_request(&Endpoint::china(), &AccessToken::new("a-token"))
}

#[track_caller]
fn refused<O: Operation<Authorization = AccessToken>>(
    operation: &O,
    parameter: &str,
    problem: Problem,
) {
    let error = request(operation).unwrap_err();
    assert_eq!((error.parameter(), error.problem()), (parameter, problem));
}

#[track_caller]
fn asks<O: ServerOperation<Authorization = AccessToken>>(operation: &O, query: &str) {
    let request = request(operation).unwrap();
    assert_eq!(request.uri().query(), Some(query));
    let read = O::from_request(&request).unwrap();
    assert_eq!(format!("{read:?}"), format!("{operation:?}"));
}

#[test]
fn an_empty_search_text_is_sent_where_the_limits_allow_it() {
    asks(&SearchMeetings::new().search_key(""), "searchKey=");
    asks(&SearchMaterials::new().search_key(""), "searchKey=");
    asks(&SearchPrograms::new().search_key(""), "searchKey=");
    asks(&SearchPublications::new().search_key(""), "searchKey=");
    asks(&SearchMeetingFileList::new().search_key(""), "searchKey=");
    asks(&SearchCorpResources::new().search_key(""), "searchKey=");
    asks(
        &SearchResourceOpRecord::new("1").search_key(""),
        "searchKey=",
    );
    asks(
        &SearchDevices::new().search_key("").model(""),
        "searchKey=&model=",
    );
    // Blanks alone are as little to search for, and travel as what they are.
    asks(&SearchMaterials::new().search_key(" "), "searchKey=%20");
}

#[test]
fn a_text_that_has_a_least_length_or_is_required_is_not_blank() {
    let named = SearchDepartmentByName::new("");
    refused(&named, "deptName", Problem::Blank);
    refused(
        &ShowMeetingDetail::new("900000001").search_key(" "),
        "searchKey",
        Problem::Blank,
    );
    // An id that is not there is left out, not sent without a character.
    refused(
        &SearchMeetings::new().user_uuid(""),
        "userUUID",
        Problem::Blank,
    );
    refused(&DeleteAppId::new(""), "app_id", Problem::Blank);
}

#[test]
fn limits_of_shared_schemas_hold() {
    let long = |length: usize| "x".repeat(length);
    let invite = InviteUser::new("Ada", "ada@example.com");
    assert!(request(&invite.clone().country(long(255)).title(long(32))).is_ok());
    let too_long = |max| Problem::TooLong { max };
    refused(
        &InviteUser::new(long(65), "+8613000000000"),
        "name",
        too_long(64),
    );
    refused(&InviteUser::new("Ada", long(256)), "contact", too_long(255));
    refused(&invite.clone().country(long(256)), "country", too_long(255));
    refused(&invite.clone().dept_id(long(33)), "deptCode", too_long(32));
    refused(&invite.clone().title(long(33)), "title", too_long(32));
    refused(&invite.clone().remark(long(129)), "desc", too_long(128));
    let range = Problem::OutOfRange {
        min: 1,
        max: 10_000,
    };
    refused(&invite.sort_level(10_001), "sortLevel", range);
}

#[test]
fn texts_hold_the_characters_that_the_service_takes() {
    let other = |allowed| Problem::OtherCharacters { allowed };
    assert!(request(&DeleteAppId::new("0a_B")).is_ok());
    for id in ["a-b", "a b", "äpp", "a/b"] {
        refused(&DeleteAppId::new(id), "app_id", other(Characters::Word));
        refused(&ResetAppKey::new(id), "app_id", other(Characters::Word));
    }
    let corp = |account: &str| {
        let admin = NewCorpAdmin::new(account, "Ada", "Passw0rd!").email("ada@example.com");
        AddCorp::new(NewCorp::new("Lovelace"), admin)
    };
    assert!(request(&corp("ada.l@example-1.com")).is_ok());
    for account in ["1815", "ada lovelace", "ada+l@example.com"] {
        let problem = other(Characters::Account);
        refused(&corp(account), "adminInfo.account", problem);
    }
    let program = |name: &str| AddProgram::new(SignageProgramDefinition::new(name));
    assert!(request(&program("Lobby (第1层) no.2_b-c")).is_ok());
    for name in ["Lobby & bar", "Lobby\u{3000}2", "Café"] {
        refused(&program(name), "programName", other(Characters::Name));
    }
    let message = request(&corp("1815")).unwrap_err().to_string();
    assert!(message.contains("not digits alone"), "{message}");
    assert!(!message.contains("1815"), "{message}");
}
