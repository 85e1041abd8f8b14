//! How an increment is applied to what was known.

use std::collections::BTreeMap;

/// Something that an increment can leave out.
pub(super) trait Merge {
    /// Takes over what `change` says, if it says anything.
    fn merge_from(&mut self, change: Self);
}

impl<T> Merge for Option<T> {
    fn merge_from(&mut self, change: Self) {
        if change.is_some() {
            *self = change;
        }
    }
}

impl<T> Merge for Vec<T> {
    fn merge_from(&mut self, change: Self) {
        if !change.is_empty() {
            *self = change;
        }
    }
}

impl Merge for BTreeMap<String, String> {
    fn merge_from(&mut self, change: Self) {
        self.extend(change);
    }
}

/// Gives a model its method `merge`. All fields are to be listed; one that is not does not compile.
macro_rules! merge {
    ($model:ident { $($field:ident)* } $(keep $key:ident)?) => {
        impl $model {
            /// Takes over everything that `change` has set: how an increment is applied to what was
            /// known. A list counts as set when it has items.
            pub fn merge(&mut self, change: Self) {
                let Self { $($field,)* $($key: _)? } = change;
                $($crate::events::merge::Merge::merge_from(&mut self.$field, $field);)*
            }
        }
    };
}

pub(super) use merge;
