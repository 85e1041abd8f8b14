//! The slots of an operation that hold something, with all inside them.

use meeting_types::schema::{Field, Format, Model, Place, Value};

/// A slot that holds something.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// The field; for an item of a list, the field that each item is.
    pub(crate) field: Field,
    /// The place of the outermost field around it.
    pub(crate) place: Place,
    /// The path in an error.
    pub(crate) path: String,
    /// The keys and indexes that lead to it in the JSON of the body.
    pub(crate) json: Vec<Key>,
    /// The indexes of fields and items that lead to it.
    way: Vec<usize>,
    /// Whether it is an item of a list.
    pub(crate) is_item: bool,
}

/// A step into JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    Field(&'static str),
    Item(usize),
}

impl Slot {
    /// The same slot of another copy of the operation.
    pub(crate) fn of<'a>(&self, operation: &'a mut dyn Model) -> &'a mut dyn Value {
        let (first, rest) = self.way.split_first().unwrap();
        let mut slot = operation.slot_mut(*first).unwrap();
        for index in rest {
            slot = if slot.as_list().is_some() {
                slot.as_list_mut().unwrap().get_mut(*index).unwrap()
            } else {
                slot.as_object_mut().unwrap().slot_mut(*index).unwrap()
            };
        }
        slot
    }

    /// The slot in this copy of the operation.
    pub(crate) fn look_at<'a>(&self, operation: &'a dyn Model) -> &'a dyn Value {
        let (first, rest) = self.way.split_first().unwrap();
        rest.iter()
            .fold(operation.slot(*first).unwrap(), |slot, index| {
                match (slot.as_list(), slot.as_object()) {
                    (Some(list), _) => list.get(*index).unwrap(),
                    (_, model) => model.unwrap().slot(*index).unwrap(),
                }
            })
    }

    /// The list around an item, by its path.
    pub(crate) fn list(&self) -> &str {
        self.path
            .rsplit_once('[')
            .map_or(&*self.path, |(list, _)| list)
    }
}

/// All slots that hold something.
pub(crate) fn of(operation: &dyn Model) -> Vec<Slot> {
    let mut found = Vec::new();
    for (index, field) in operation.shape().fields.iter().enumerate() {
        let slot = operation.slot(index).unwrap();
        if !slot.is_set() {
            continue;
        }
        let here = Slot {
            field: *field,
            place: field.place,
            path: field.wire.to_owned(),
            json: match field.place {
                Place::WholeBody => Vec::new(),
                _ => vec![Key::Field(field.wire)],
            },
            way: vec![index],
            is_item: false,
        };
        walk(slot, here, &mut found);
    }
    found
}

fn walk(slot: &dyn Value, here: Slot, found: &mut Vec<Slot>) {
    let inside = |index: usize, field: Field, key: Key, is_item: bool| {
        let mut there = here.clone();
        there.field = field;
        there.way.push(index);
        there.json.push(key);
        there.is_item = is_item;
        // What is inside of a body as a whole is named without it.
        let outer = match here.way.len() {
            1 if here.place == Place::WholeBody => "",
            _ => &here.path,
        };
        there.path = match key {
            Key::Item(index) => format!("{outer}[{index}]"),
            Key::Field(wire) if outer.is_empty() => wire.to_owned(),
            Key::Field(wire) => format!("{outer}.{wire}"),
        };
        there
    };
    if let Some(model) = slot.as_object() {
        for (index, field) in model.shape().fields.iter().enumerate() {
            let slot = model.slot(index).unwrap();
            if slot.is_set() {
                walk(
                    slot,
                    inside(index, *field, Key::Field(field.wire), false),
                    found,
                );
            }
        }
    } else if let (Some(list), Some(item)) = (slot.as_list(), here.field.item()) {
        for index in 0..list.len() {
            walk(
                list.get(index).unwrap(),
                inside(index, item, Key::Item(index), true),
                found,
            );
        }
    }
    found.push(here);
}

/// The format in which a single value is put into its slot.
pub(crate) fn single(format: Format) -> Format {
    match format {
        Format::Comma | Format::Base64 => Format::Plain,
        format => format,
    }
}
