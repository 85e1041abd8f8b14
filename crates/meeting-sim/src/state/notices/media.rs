//! What listeners are told about pictures.

use meeting_types::events::{ConferenceDynamicInfo, ParticipantInfo};

use crate::state::run::Run;

/// Adds what changes about pictures.
pub(super) fn dynamic(info: ConferenceDynamicInfo, run: &Run) -> ConferenceDynamicInfo {
    let mut info = info
        .broadcast_mode(run.pictures.mode())
        .voice_activation(run.pictures.follows_voice())
        .host_polling(run.pictures.host_polls());
    info.multi_picture = run.pictures.multi_picture(&run.participants);
    info.picture_count = info
        .multi_picture
        .as_ref()
        .and_then(|pictures| pictures.picture_count);
    info
}

/// Adds to what is told about sites how they are shown.
pub(super) fn marked(
    people: impl Iterator<Item = ParticipantInfo>,
    run: &Run,
) -> Vec<ParticipantInfo> {
    people.map(|info| run.pictures.mark(info)).collect()
}

/// Notes in `change` what is different in `new`.
pub(super) fn changed(
    old: &ConferenceDynamicInfo,
    new: &ConferenceDynamicInfo,
    change: &mut ConferenceDynamicInfo,
) {
    macro_rules! compare {
        ($($field:ident)*) => {$(
            if old.$field != new.$field {
                change.$field = new.$field.clone();
            }
        )*};
    }
    compare! { broadcast_mode voice_activation host_polling multi_picture picture_count }
}
