//! Rules that span fields and responses that need items, as the writer gets them.

use super::{generate, golden_spec};
use crate::codegen::{
    api::{Api, Bounds, Demand, FieldPath, Rule, Test, TypeKind},
    spec::{RuleKind, Scalar},
};

fn path(wire: &str, indexes: &[usize]) -> FieldPath {
    FieldPath {
        wire: wire.to_owned(),
        indexes: indexes.to_vec(),
    }
}

fn of_operation<'a>(api: &'a Api, name: &str) -> &'a [Rule] {
    let mut operations = api.groups.iter().flat_map(|group| &group.operations);
    &operations
        .find(|operation| operation.name == name)
        .expect("the golden spec has it")
        .rules
}

fn of_model<'a>(api: &'a Api, name: &str) -> &'a [Rule] {
    let mut types = api.groups.iter().flat_map(|group| &group.types);
    let found = types.find(|definition| definition.name == name);
    match found.map(|definition| &definition.kind) {
        Some(TypeKind::Model(model)) => &model.rules,
        _ => panic!("the golden spec has no model {name}"),
    }
}

#[test]
fn a_rule_of_a_model_names_fields_by_their_index() {
    let (api, _) = generate(&golden_spec()).expect("the golden spec is sound");
    let rules = of_model(&api, "Booking");
    assert_eq!(rules.len(), 6);
    assert!(rules.iter().all(|rule| rule.kind == RuleKind::Service));
    assert!(rules[0].when.is_none());
    assert_eq!(
        rules[0].demand,
        Demand::AtLeastOne(vec![path("subject", &[0]), path("note", &[7])])
    );
    let when = rules[1].when.as_ref().expect("it holds for some moods");
    assert_eq!(when.field, path("mood", &[8]));
    assert_eq!(when.test, Test::Is(vec![Scalar::Int(-1), Scalar::Int(2)]));
    assert_eq!(
        rules[3].demand,
        Demand::After {
            later: path("endTime", &[4]),
            than: path("startTime", &[2]),
            or_equal: false,
        }
    );
    let bounds = Bounds {
        min: None,
        max: Some(60),
    };
    let field = path("length", &[1]);
    assert_eq!(rules[4].demand, Demand::Range { field, bounds });
    assert_eq!(rules[4].why, "At once a room is free for an hour at most.");
}

#[test]
fn a_response_that_is_a_list_can_need_items() {
    let (api, _) = generate(&golden_spec()).expect("the golden spec is sound");
    let operations = api.groups.iter().flat_map(|group| &group.operations);
    let needy: Vec<_> = operations
        .filter_map(|operation| {
            Some((
                operation.name.as_str(),
                (operation.least_items > 0).then_some(operation.least_items)?,
            ))
        })
        .collect();
    assert_eq!(needy, [("BookRoom", 1)]);
}

#[test]
fn a_rule_of_an_operation_looks_into_a_body_that_is_one_model() {
    let (api, _) = generate(&golden_spec()).expect("the golden spec is sound");
    let [rule] = of_operation(&api, "BookRoom") else {
        panic!("it has one rule");
    };
    assert_eq!(rule.kind, RuleKind::Guard);
    // The body is the only parameter; the start time is the third field of the model.
    assert_eq!(
        rule.demand,
        Demand::Requires(vec![path("startTime", &[0, 2])])
    );
}
