use super::sources::{hand_written, leave_operations_out, names_in_tables, with_derives};
use crate::codegen::Files;

fn files<const COUNT: usize>(texts: [(&str, &str); COUNT]) -> Files {
    let owned = texts.map(|(path, text)| (path.to_owned(), text.to_owned()));
    owned.into_iter().collect()
}

#[test]
fn operations_that_are_written_by_hand_leave_their_names() {
    let mut crate_files = files([
        (
            "booking/now.rs",
            "pub struct StartNow {\n}\noperation_table! { StartNow {} }\nimpl Operation for StartNow {\n}\n",
        ),
        ("operations/rooms.rs", "impl Operation for ShowRoom {\n"),
        (
            "operation.rs",
            "/// impl Operation for It {\npub trait Operation {}\n",
        ),
    ]);
    let left_out = leave_operations_out(&mut crate_files).expect("its struct is there");
    assert_eq!(left_out, ["StartNow (src/booking/now.rs)"]);
    assert!(crate_files["booking/now.rs"].contains("pub struct StartNow;"));
    assert!(!crate_files["booking/now.rs"].contains("operation_table!"));
    assert!(crate_files["operations/rooms.rs"].contains("impl Operation for ShowRoom"));
}

#[test]
fn a_line_that_moved_is_named_with_its_file() {
    let mut crate_files = files([("now.rs", "impl Operation for StartNow {\n")]);
    let error = leave_operations_out(&mut crate_files).expect_err("there is no struct");
    let error = error.to_string();
    for part in [
        "src/now.rs",
        "`impl Operation for StartNow {`",
        "`pub struct StartNow `",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn models_in_tables_that_are_written_by_hand_are_found() {
    let rest = files([
        (
            "events/people.rs",
            "use crate::{\n    models::{\n        Role, State,\n    },\n};\ntable! {\n    Person {\n",
        ),
        (
            "events/more.rs",
            "use crate::models::Kind;\noperation_table! {\n",
        ),
        ("login.rs", "use crate::models::ClientType;\n"),
        ("schema/macros.rs", "/// table! { models::Booking\n"),
    ]);
    let names: Vec<String> = names_in_tables(&rest).into_iter().collect();
    assert_eq!(names, ["Kind", "Role", "State"]);
}

#[test]
fn what_is_generated_takes_the_place_of_tables() {
    let tables = files([
        ("lib.rs", "mod login;\nmod operations;\n"),
        (
            "login.rs",
            "use crate::operations::LogIn;\nconst N: &str = LogIn::INFO.name;\n",
        ),
        ("operations/auth.rs", "operation_table! { LogIn {} }\n"),
    ]);
    let generated = files([("operations/auth.rs", "#[derive(Serialize)]\n")]);
    let derives = with_derives(
        hand_written(&tables),
        generated.clone(),
        "secret! { Key }\n",
    );
    let derives = derives.expect("the names are free");
    assert_eq!(derives["operations/auth.rs"], "#[derive(Serialize)]\n");
    assert!(derives["lib.rs"].ends_with("mod call;\nmod impls;\nmod wire;\n"));
    assert!(derives["login.rs"].ends_with("use crate::call::Operation as _;\n"));
    assert!(derives["impls.rs"].ends_with("secret! { Key }\n"));

    let taken = files([("lib.rs", ""), ("wire.rs", "")]);
    let error = with_derives(taken, generated, "").expect_err("there are two of that name");
    assert!(error.to_string().contains("src/wire.rs"), "{error}");
}
