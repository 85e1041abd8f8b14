//! A list of meetings as the service sends it, and the structs that one would write down for serde.
//!
//! The keys stand in the order of the service, not of our table; a few of them are in no
//! documentation.

use std::fmt::Write as _;

use serde::Deserialize;

/// A page of `items` meetings.
pub(crate) fn page(items: u32) -> String {
    let mut page = format!(r#"{{"offset":0,"limit":{items},"count":{items},"data":["#);
    for item in 0..items {
        if item > 0 {
            page.push(',');
        }
        meeting(&mut page, item);
    }
    page.push_str("]}");
    page
}

fn meeting(page: &mut String, item: u32) {
    let id = 900_000_000 + item * 37;
    let minute = item % 60;
    let (state, role) = match item % 3 {
        0 => ("Created", "chair"),
        _ => ("Schedule", "general"),
    };
    // Writing to memory does not fail.
    let _ = write!(
        page,
        concat!(
            r#"{{"conferenceID":"{id}","subject":"Weekly meeting no. {item} of the platform team","#,
            r#""size":2,"timeZoneID":"56","startTime":"2026-11-22 08:{minute:02}","#,
            r#""endTime":"2026-11-22 09:{minute:02}","mediaTypes":"Data,Voice,HDVideo","#,
            r#""conferenceState":"{state}","language":"en-US","accessNumber":"+991117{id}","#,
            r#""passwordEntry":[{{"conferenceRole":"chair","password":"135790"}},"#,
            r#"{{"conferenceRole":"general","password":"246813"}}],"#,
            r#""userUUID":"5e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b","scheduserName":"Alice Example","#,
            r#""conferenceType":0,"confType":"FUTURE","isAutoMute":1,"isAutoRecord":0,"#,
            r#""chairJoinUri":"https://meeting.example.com/#/j/{id}/5f2d0c8a9b7e6d5c4b3a29181706f5e4","#,
            r#""guestJoinUri":"https://meeting.example.com/#/j/{id}/0a1b2c3d4e5f60718293a4b5c6d7e8f9","#,
            r#""recordType":2,"auxAddress":"","liveAddress":"","recordAuxStream":0,"recordAuthType":0,"#,
            r#""confConfigInfo":{{"isSendNotify":true,"isSendSms":false,"isSendCalendar":true,"#,
            r#""isAutoMute":true,"isHardTerminalAutoMute":true,"isGuestFreePwd":false,"#,
            r#""callInRestriction":0,"allowGuestStartConf":true,"guestPwd":"246813","#,
            r#""prolongLength":15,"enableWaitingRoom":false,"vmrIDType":1}},"#,
            r#""vmrFlag":1,"vmrID":"c4d5e6f708192a3b4c5d6e7f8091a2b3","vmrConferenceID":"0755{item:06}","#,
            r#""isHasRecordFile":false,"partAttendeeInfo":["#,
            r#"{{"name":"Alice Example","phone":"+99111{item:07}","phone2":"","phone3":"","type":"normal","role":1,"isMute":0}},"#,
            r#"{{"name":"Meeting room {item}","phone":"+99222{item:07}","phone2":"","phone3":"","type":"terminal","role":0,"isMute":1}}],"#,
            r#""terminlCount":1,"normalCount":1,"deptName":"Example Ltd","role":"{role}","#,
            r#""multiStreamFlag":1,"webinar":false,"confMode":"RTC","groupuri":"","#,
            r#""confUUID":"0f1e2d3c4b5a69788796a5b4c3d2e1f0","cycleParams":null,"subConfs":null,"#,
            r#""concurrentParticipants":500,"supportSimultaneousInterpretation":false,"#,
            r#""picDisplay":null,"enterpriseId":"a1b2c3","confPresetParam":null,"onlineAttendeeAmount":0}}"#,
        ),
        id = id,
        item = item,
        minute = minute,
        state = state,
        role = role,
    );
}

/// The reply.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "they are read to be there")]
pub(crate) struct ByHand {
    offset: Option<u32>,
    limit: Option<u32>,
    count: Option<u32>,
    pub(crate) data: Vec<Conference>,
}

/// One meeting. Times and lists of words stay text here; ours are typed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "they are read to be there")]
pub(crate) struct Conference {
    #[serde(rename = "conferenceID")]
    conference_id: String,
    subject: Option<String>,
    conference_state: Option<State>,
    start_time: Option<String>,
    end_time: Option<String>,
    #[serde(rename = "timeZoneID")]
    time_zone_id: Option<String>,
    language: Option<Language>,
    media_types: Option<String>,
    conf_mode: Option<Mode>,
    conference_type: Option<i32>,
    conf_type: Option<ScheduleType>,
    webinar: Option<bool>,
    role: Option<Role>,
    password_entry: Option<Vec<Password>>,
    chair_join_uri: Option<String>,
    guest_join_uri: Option<String>,
    audience_join_uri: Option<String>,
    access_number: Option<String>,
    #[serde(rename = "userUUID")]
    user_uuid: Option<String>,
    scheduser_name: Option<String>,
    dept_name: Option<String>,
    #[serde(rename = "confUUID")]
    conf_uuid: Option<String>,
    vmr_flag: Option<i32>,
    #[serde(rename = "vmrID")]
    vmr_id: Option<String>,
    #[serde(rename = "vmrConferenceID")]
    vmr_conference_id: Option<String>,
    cycle_params: Option<CycleParams>,
    sub_confs: Option<Vec<SubConference>>,
    #[serde(rename = "cycleSubConfID")]
    cycle_sub_conf_id: Option<String>,
    conf_config_info: Option<Settings>,
    is_auto_mute: Option<i32>,
    concurrent_participants: Option<u32>,
    support_simultaneous_interpretation: Option<bool>,
    size: Option<u32>,
    terminl_count: Option<u32>,
    normal_count: Option<u32>,
    online_attendee_amount: Option<u32>,
    part_attendee_info: Option<Vec<Attendee>>,
    record_type: Option<i32>,
    is_auto_record: Option<i32>,
    record_aux_stream: Option<i32>,
    record_auth_type: Option<i32>,
    is_has_record_file: Option<bool>,
    live_address: Option<String>,
    aux_address: Option<String>,
    live_url: Option<String>,
    multi_stream_flag: Option<i32>,
    pic_display: Option<Layout>,
}

#[derive(Debug, Deserialize)]
enum State {
    Schedule,
    Creating,
    Created,
    Destroyed,
}

#[derive(Debug, Deserialize)]
enum Language {
    #[serde(rename = "zh-CN")]
    Chinese,
    #[serde(rename = "en-US")]
    English,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Mode {
    Common,
    Rtc,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum ScheduleType {
    Future,
    Immediately,
    Cycle,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Chair,
    General,
    Audience,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "they are read to be there")]
struct Password {
    conference_role: Option<Role>,
    password: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "they are read to be there")]
struct Settings {
    call_in_restriction: Option<i32>,
    is_guest_free_pwd: Option<bool>,
    guest_pwd: Option<String>,
    allow_guest_start_conf: Option<bool>,
    enable_waiting_room: Option<bool>,
    #[serde(rename = "vmrIDType")]
    vmr_id_type: Option<i32>,
    prolong_length: Option<u32>,
    is_auto_mute: Option<bool>,
    is_hard_terminal_auto_mute: Option<bool>,
    is_host_camera_on: Option<bool>,
    is_guest_camera_on: Option<bool>,
    is_send_notify: Option<bool>,
    is_send_sms: Option<bool>,
    is_send_calendar: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "they are read to be there")]
struct Attendee {
    name: Option<String>,
    phone: Option<String>,
    phone2: Option<String>,
    phone3: Option<String>,
    #[serde(rename = "type")]
    kind: Option<AttendeeType>,
    role: Option<i32>,
    is_mute: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AttendeeType {
    Normal,
    Terminal,
    Outside,
    Mobile,
    Ideahub,
    Board,
    Hwvision,
    Telepresence,
    Customnumber,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "they are read to be there")]
struct CycleParams {
    start_date: String,
    end_date: String,
    cycle: String,
    interval: Option<u32>,
    point: Option<Vec<u32>>,
    pre_remind_days: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "they are read to be there")]
struct SubConference {
    #[serde(rename = "cycleSubConfID")]
    cycle_sub_conf_id: Option<String>,
    #[serde(rename = "conferenceID")]
    conference_id: Option<String>,
    media_type: Option<String>,
    start_time: Option<String>,
    end_time: Option<String>,
    is_auto_record: Option<i32>,
    record_auth_type: Option<i32>,
    description: Option<String>,
    conf_config_info: Option<Settings>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "they are read to be there")]
struct Layout {
    image_type: Option<String>,
    is_auto: Option<bool>,
    switch_time: Option<u32>,
}
