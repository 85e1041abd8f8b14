//! Recordings of meetings that are over.

use std::time::SystemTime;

use meeting_types::{
    SecretText, ServiceError, Timestamp,
    models::{
        RecordAccess, RecordedView, Recording, RecordingContents, RecordingContentsOutput,
        RecordingDownload, RecordingDownloads, RecordingFile, RecordingPage, RecordingSegment,
        RecordingStream, SegmentFile, StartTimeOrder,
    },
    operations::{
        DeleteRecordings, SearchRecordings, ShowRecordInfo, ShowRecordingDetail,
        ShowRecordingFileDownloadUrls,
    },
};

use super::history::{is_found, is_listed, manages, visible};
use crate::{
    handlers::{admit::Member, page::put_page_of},
    state::{
        State,
        corp::people::User,
        errors,
        past::{PastRun, file_size},
    },
};

/// A run whose recording somebody may see.
fn recorded<'a>(
    state: &'a State,
    user: &User,
    uuid: &meeting_types::ConferenceUuid,
) -> Result<&'a PastRun, ServiceError> {
    let run = visible(state, user, uuid)?;
    if run.files().is_empty() {
        return Err(errors::NO_SUCH_CONFERENCE.with_message("The meeting has no recording"));
    }
    Ok(run)
}

fn shown(run: &PastRun, state: &State) -> Recording {
    let files = run.files();
    let size: usize = files.iter().map(|file| file_size(file.length())).sum();
    let watch = (0..files.len()).map(|number| {
        let (endpoint, uuid) = (&state.settings.endpoint, run.uuid.as_str());
        SecretText::new(format!("{endpoint}/recordings/{uuid}/{number}"))
    });
    let mut shown = Recording::new(run.uuid.clone())
        .conference_id(run.conference.conference_id.clone())
        .start_time(Timestamp::from(run.started))
        .duration(run.recorded())
        .size_mb(u32::try_from(size.div_ceil(1024 * 1024)).unwrap_or(u32::MAX))
        .watch_urls(watch)
        .available(true)
        .transcoded(true)
        .transcoding_end(Timestamp::from(run.ended).as_millis())
        .access(
            run.conference
                .record_access
                .unwrap_or(RecordAccess::AnyoneWithLink),
        );
    shown.subject = run.conference.subject.clone();
    shown.scheduler_name = run.conference.scheduler_name.clone();
    shown
}

pub(crate) fn search_recordings(
    state: &mut State,
    Member { user, .. }: Member,
    search: SearchRecordings,
) -> Result<RecordingPage, ServiceError> {
    let key = search.search_key.as_deref().unwrap_or_default();
    let (since, until) = (
        SystemTime::from(search.since),
        SystemTime::from(search.until),
    );
    let all = search.all_users == Some(true);
    let found = state.past.between(since, until).filter(|run| {
        is_listed(run, &user, all, search.user_uuid.as_ref())
            && is_found(run, key)
            && !run.files().is_empty()
    });
    let mut runs: Vec<&PastRun> = found.collect();
    runs.sort_by_key(|run| run.started);
    if search.order != Some(StartTimeOrder::Ascending) {
        runs.reverse();
    }
    let mut page = RecordingPage::new();
    put_page_of(runs, &search, &mut page, |run| shown(run, state));
    Ok(page)
}

pub(crate) fn show_recording_detail(
    state: &mut State,
    Member { user, .. }: Member,
    show: ShowRecordingDetail,
) -> Result<Recording, ServiceError> {
    let run = recorded(state, &user, &show.conference_uuid)?;
    Ok(shown(run, state))
}

pub(crate) fn delete_recordings(
    state: &mut State,
    Member { user, .. }: Member,
    delete: DeleteRecordings,
) -> Result<(), ServiceError> {
    // All or none.
    for uuid in &delete.conference_uuids {
        if !manages(&user, recorded(state, &user, uuid)?) {
            return Err(errors::NOT_PERMITTED.into());
        }
    }
    for uuid in &delete.conference_uuids {
        if let Some(run) = state.past.get_mut(uuid) {
            run.deleted = true;
        }
    }
    Ok(())
}

/// What a recording is offered as.
const STREAMS: [(RecordingStream, &str); 3] = [
    (RecordingStream::Shared, "videoAux"),
    (RecordingStream::Video, "videoHD"),
    (RecordingStream::Combined, "videoSD"),
];

/// Makes a link that downloads a file once within an hour. Answers the address and its token.
fn link(
    state: &mut State,
    run: &meeting_types::ConferenceUuid,
    folder: &str,
    number: usize,
    length: std::time::Duration,
) -> (String, String) {
    let path = format!(
        "/download/recordings/{}/{folder}/{number}.mp4",
        run.as_str()
    );
    let token = state.random.hex(64);
    let url = format!("{}{path}", state.settings.endpoint);
    state.past.add_link(token.clone(), path, length, state.now);
    (url, token)
}

pub(crate) fn show_recording_file_download_urls(
    state: &mut State,
    Member { user, .. }: Member,
    show: ShowRecordingFileDownloadUrls,
) -> Result<RecordingDownloads, ServiceError> {
    if !user.is_admin() {
        return Err(errors::NOT_PERMITTED.into());
    }
    let uuid = show.conference_uuid.clone();
    let files = recorded(state, &user, &uuid)?.files();
    let mut download = RecordingDownload::new().conference_uuid(uuid.clone());
    for (number, file) in files.iter().enumerate() {
        for (stream, folder) in STREAMS {
            let (url, token) = link(state, &uuid, folder, number, file.length());
            let entry = RecordingFile::new().url(url).token(token).stream(stream);
            download.files.push(entry);
        }
    }
    let mut downloads = RecordingDownloads::new();
    put_page_of(vec![download], &show, &mut downloads, |download| download);
    Ok(downloads)
}

pub(crate) fn show_record_info(
    state: &mut State,
    Member { user, .. }: Member,
    show: ShowRecordInfo,
) -> Result<RecordingContentsOutput, ServiceError> {
    let uuid = show.conference_uuid.clone();
    let run = recorded(state, &user, &uuid)?;
    let (files, subject, started) = (run.files(), run.conference.subject.clone(), run.started);
    let offset = show.segment_offset.unwrap_or(0);
    let limit = show.segment_limit.unwrap_or(20);
    let wanted = files.iter().enumerate();
    let wanted = wanted.skip(offset as usize).take(limit as usize);
    let mut segments = Vec::new();
    for (number, file) in wanted {
        let length = file.length();
        let size = u64::try_from(file_size(length)).unwrap_or(u64::MAX);
        let (url, _) = link(state, &uuid, "videoSD", number, length);
        let entry = SegmentFile::new()
            .view(RecordedView::SpeakerAndShared)
            .begins_at(Timestamp::from(file.begins))
            .ends_at(Timestamp::from(file.begins + length))
            .duration(length)
            .size(size)
            .download_url(url);
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let segment = RecordingSegment::new()
            .start_number(number)
            .part_number(0)
            .size(size)
            .files([entry]);
        segments.push(segment);
    }
    let mut contents = RecordingContents::new()
        .begin_time(Timestamp::from(started).as_millis().to_string())
        .segment_offset(offset)
        .segment_limit(limit)
        .segment_count(files.len() as u64)
        .segments(segments);
    contents.subject = subject;
    let mut output = RecordingContentsOutput::new();
    output.code = Some("0".to_owned());
    output.data = Some(contents);
    Ok(output)
}
