//! Countries of phone numbers, by the service's table.

use meeting_types::{
    AccessToken, Country, Endpoint, Operation, models::CorpUser, operations::AddUser,
};
use proptest::prelude::*;

#[test]
fn every_country_is_found_by_its_codes() {
    assert_eq!(Country::all().len(), 170);
    for country in Country::all() {
        let (iso, calling) = (country.iso_code().unwrap(), country.calling_code().unwrap());
        assert_eq!(Country::from_iso_code(iso), Some(country.clone()));
        assert!(Country::by_calling_code(calling).any(|other| other == country));
        assert!(Country::by_calling_code(&format!("+{calling}")).any(|other| other == country));
        assert_eq!(iso.len(), 2);
        assert!(calling.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(!country.name().unwrap().is_empty());
        assert_eq!(Country::from(country.as_str()), country);
    }
}

#[test]
fn names_that_mislead_are_what_the_service_means() {
    let iso = |name: &str| Country::from(name).iso_code();
    assert_eq!(iso("GB"), Some("GW"));
    assert_eq!(iso("UK"), Some("GB"));
    assert_eq!(iso("dominica"), Some("DO"));
    assert_eq!(iso("chinaOMA"), Some("MO"));
    assert_eq!(Country::from_iso_code("vg").unwrap().as_str(), "BVl");
}

#[test]
fn a_calling_code_may_be_shared_or_unknown() {
    let names = |code| -> Vec<String> {
        Country::by_calling_code(code)
            .map(|country| country.to_string())
            .collect()
    };
    assert_eq!(names("+1"), ["canada", "usa"]);
    assert_eq!(names("7"), ["kazakhstan", "russia"]);
    assert_eq!(names("+1876"), ["jamaica"]);
    assert!(names("+354").is_empty() && names("").is_empty() && names("++1").is_empty());
}

#[test]
fn unknown_names_pass_in_both_directions() {
    let user: CorpUser = serde_json::from_str(r#"{"country":"atlantis"}"#).unwrap();
    let country = user.country.unwrap();
    assert_eq!(country.as_str(), "atlantis");
    assert_eq!(
        (country.calling_code(), country.iso_code(), country.name()),
        (None, None, None)
    );

    let user = AddUser::new("Ada")
        .email("ada@example.com")
        .country(country);
    let request = user
        .to_request(&Endpoint::china(), &AccessToken::new("token"))
        .unwrap();
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body["country"], "atlantis");
}

proptest! {
    #[test]
    fn any_name_is_kept(name in "\\PC{1,40}") {
        let country = Country::from(name.as_str());
        let json = serde_json::to_string(&country).unwrap();
        prop_assert_eq!(serde_json::from_str::<Country>(&json).unwrap(), country);
        let _ = (Country::from_iso_code(&name), Country::by_calling_code(&name).count());
    }
}
