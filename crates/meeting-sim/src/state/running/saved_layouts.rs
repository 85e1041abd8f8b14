//! Arrangements of pictures: what one may look like, and those that were saved.

use std::time::Duration;

use meeting_types::{
    ServiceError,
    models::{LayoutType, PictureSource, SavedLayout},
};

use crate::state::{errors, random::Random, running::participant::Participant};

/// How long a picture shows one participant before the next, unless told otherwise.
pub(crate) const DEFAULT_PERIOD: Duration = Duration::from_secs(10);
/// How many layouts a meeting keeps. The service has a limit, and does not tell it.
const MOST_LAYOUTS: usize = 16;
/// How many sites take turns in one picture. The service has a limit, and does not tell it.
const MOST_SITES: usize = 64;

/// What is asked of one picture.
pub(crate) struct Asked {
    pub(crate) index: u32,
    pub(crate) sites: usize,
    pub(crate) share: bool,
}

/// The number of pictures of an arrangement, if it can be made.
pub(crate) fn picture_count(
    layout: Option<&LayoutType>,
    pictures: &[Asked],
) -> Result<u32, ServiceError> {
    let layout = layout.ok_or(errors::LAYOUT_EMPTY)?;
    let count = pictures_in(layout).ok_or(errors::LAYOUT_UNKNOWN)?;
    if pictures.len() > count as usize {
        return Err(errors::TOO_MANY_PICTURES.into());
    }
    if pictures.iter().any(|picture| picture.index > count) {
        return Err(errors::NO_SUCH_PICTURE.into());
    }
    if pictures.iter().filter(|picture| picture.share).count() > 1 {
        return Err(errors::SEVERAL_SHARES.into());
    }
    if pictures.iter().any(|picture| picture.sites > MOST_SITES) {
        return Err(errors::TOO_MANY_IN_PICTURE.into());
    }
    if pictures.iter().all(|p| p.sites == 0 && !p.share) {
        return Err(errors::NOBODY_IN_PICTURES.into());
    }
    Ok(count)
}

/// How many pictures a layout has; none if it is unknown. Arrangements of the same number differ in
/// what follows its name.
fn pictures_in(layout: &LayoutType) -> Option<u32> {
    let name = match layout {
        // Named by the reference, and by its own word not supported.
        LayoutType::Unknown(_) | LayoutType::Custom => return None,
        LayoutType::TwentyFive => return Some(25),
        layout => layout.as_str(),
    };
    let name = name.split('-').next()?.trim_end_matches(['R', 'M']);
    Some(match name {
        "Single" => 1,
        "Two" => 2,
        "Three" => 3,
        "Four" => 4,
        "Five" => 5,
        "Six" => 6,
        "Seven" => 7,
        "Eight" => 8,
        "Nine" => 9,
        "Ten" => 10,
        "Thirteen" => 13,
        "Sixteen" => 16,
        "Seventeen" => 17,
        _ => return None,
    })
}

/// The layouts that were saved in one run of a meeting.
#[derive(Debug, Default)]
pub(crate) struct Layouts {
    saved: Vec<SavedLayout>,
}

impl Layouts {
    /// Saves a layout, in place of the one with its id if there is one.
    pub(crate) fn save(
        &mut self,
        mut layout: SavedLayout,
        random: &mut Random,
    ) -> Result<(), ServiceError> {
        let mut pictures = layout.pictures.take().unwrap_or_default();
        for (place, picture) in (1..).zip(&mut pictures) {
            // Without a number, a picture has the one of its place.
            picture.index.get_or_insert(place);
            for number in picture.numbers.iter_mut().flatten() {
                // What a reply added to the number may come back with it.
                if let Some(end) = number.find('#') {
                    number.truncate(end);
                }
            }
        }
        let asked: Vec<Asked> = pictures.iter().map(asked).collect();
        let count = picture_count(layout.layout_type.as_ref(), &asked)?;
        layout.pictures = Some(pictures);
        layout.picture_count = Some(count);
        layout.switch_interval.get_or_insert(DEFAULT_PERIOD);
        let known = self
            .saved
            .iter_mut()
            .find(|known| layout.id.is_some() && known.id == layout.id);
        if let Some(known) = known {
            *known = layout;
            return Ok(());
        }
        if self.saved.len() >= MOST_LAYOUTS {
            return Err(errors::TOO_MANY_LAYOUTS.into());
        }
        // Ids are the service's.
        layout.id = Some(random.hex(32));
        self.saved.push(layout);
        Ok(())
    }

    pub(crate) fn delete(&mut self, id: &str) -> Result<(), ServiceError> {
        let before = self.saved.len();
        self.saved.retain(|known| known.id.as_deref() != Some(id));
        if self.saved.len() == before {
            return Err(errors::PARAMETER.with_message("No layout with this id is saved"));
        }
        Ok(())
    }

    pub(crate) fn saved(&self) -> &[SavedLayout] {
        &self.saved
    }

    /// The layouts as replies show them: with the kind of client behind the numbers of those who are
    /// there.
    pub(crate) fn shown(&self, people: &[Participant]) -> Vec<SavedLayout> {
        let mut layouts = self.saved.clone();
        let pictures = layouts.iter_mut().flat_map(|layout| &mut layout.pictures);
        let numbers = pictures
            .flatten()
            .flat_map(|picture| &mut picture.numbers)
            .flatten();
        for number in numbers {
            if let Some(person) = people.iter().find(|person| person.number == *number) {
                *number = format!("{number}#{}", person.client.as_str());
            }
        }
        layouts
    }
}

fn asked(picture: &PictureSource) -> Asked {
    Asked {
        index: picture.index.unwrap_or_default(),
        sites: picture.numbers.as_ref().map_or(0, Vec::len),
        share: picture.aux_stream.unwrap_or(false),
    }
}
