//! Interpretation in a running meeting: groups of interpreters, and who listens to which language.

use std::collections::{BTreeMap, BTreeSet};

use meeting_types::{
    AccountId, ParticipantId, ServiceError,
    events::InterpreterGroupInfo,
    models::{Interpreter, InterpreterGroup, InterpreterKind},
    operations::SetAttendeeLanChannel,
};

use crate::state::{
    corp::directory::Directory, errors, resources::Resources, running::participant::Participant,
};

/// How many languages one meeting can have.
const MOST_LANGUAGES: usize = 16;
/// How many interpreters one group can have. The service has a limit, and does not tell it.
const MOST_INTERPRETERS: usize = 16;

/// Interpretation in one run of a meeting.
#[derive(Debug, Default)]
pub(crate) struct Interpretation {
    pub(crate) on: bool,
    groups: Vec<InterpreterGroup>,
    /// Whoever is not in here hears the speakers themselves.
    channels: BTreeMap<ParticipantId, Channel>,
}

/// What somebody listens to and speaks in.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) language: String,
    pub(crate) original_voice: bool,
}

impl Interpretation {
    /// Replaces all groups.
    pub(crate) fn set_groups(
        &mut self,
        groups: Vec<InterpreterGroup>,
        directory: &Directory,
        backends: &Resources,
    ) -> Result<(), ServiceError> {
        if groups.is_empty() {
            return Err(errors::GROUPS_REQUIRED.into());
        }
        if languages(&groups).len() > MOST_LANGUAGES {
            return Err(errors::TOO_MANY_LANGUAGES.into());
        }
        let mut ids = BTreeSet::new();
        let mut interpreters = BTreeSet::new();
        let mut known_groups = Vec::new();
        for mut group in groups {
            let (first, second) = (&group.first_language, &group.second_language);
            if first == second || ![first, second].iter().all(|l| backends.knows_language(l)) {
                return Err(errors::LANGUAGE_UNKNOWN.into());
            }
            if !ids.insert(group.id.clone()) {
                return Err(errors::GROUP_REPEATED.into());
            }
            let members = group.interpreters.get_or_insert_default();
            if members.len() > MOST_INTERPRETERS {
                return Err(errors::TOO_MANY_INTERPRETERS.into());
            }
            let kind = group.kind.get_or_insert(InterpreterKind::Human);
            for member in members {
                member.kind.get_or_insert_with(|| kind.clone());
                let key = identify(member, directory)?;
                if !interpreters.insert(key) {
                    return Err(errors::INTERPRETER_REPEATED.into());
                }
            }
            known_groups.push(group);
        }
        self.groups = known_groups;
        let languages = self.languages();
        self.channels
            .retain(|_, channel| languages.contains(&channel.language));
        Ok(())
    }

    /// Switches interpretation on or off.
    pub(crate) fn switch(&mut self, on: bool) -> Result<(), ServiceError> {
        if self.groups.is_empty() {
            return Err(errors::NO_GROUPS.into());
        }
        self.on = on;
        Ok(())
    }

    /// Puts people into a language. All of them or none.
    pub(crate) fn set_channel(
        &mut self,
        set: SetAttendeeLanChannel,
        people: &[Participant],
    ) -> Result<(), ServiceError> {
        if self.groups.is_empty() {
            return Err(errors::NO_GROUPS.into());
        }
        if !self.on {
            return Err(errors::INTERPRETATION_OFF.into());
        }
        if set.listen_language != set.speak_language {
            return Err(errors::CHANNELS_DIFFER.into());
        }
        if !self.languages().contains(&set.listen_language) {
            return Err(errors::NO_SUCH_CHANNEL.into());
        }
        let ids = set.participant_ids.ok_or_else(|| {
            // The reference does not say whom that would mean.
            errors::PARAMETER.with_message("`participantIDs` is missing")
        })?;
        for id in &ids {
            let person = people.iter().find(|person| person.id == *id);
            let person = person.ok_or(errors::NO_SUCH_PARTICIPANT)?;
            if !person.is_in_meeting() {
                return Err(errors::STATE_FORBIDS.into());
            }
            if self.interprets(person) {
                return Err(errors::IS_INTERPRETER.into());
            }
        }
        let channel = Channel {
            language: set.listen_language,
            original_voice: set.original_voice.unwrap_or(false),
        };
        let entries = ids.into_iter().map(|id| (id, channel.clone()));
        self.channels.extend(entries);
        Ok(())
    }

    fn interprets(&self, person: &Participant) -> bool {
        let groups = self.groups.iter();
        let mut members = groups.flat_map(|group| group.interpreters.iter().flatten());
        members.any(|member| {
            let by_uuid = member.user_uuid.is_some() && member.user_uuid == person.user_uuid;
            let by_number = member.number.as_deref() == Some(&person.number);
            let account = person.account.as_ref().map(AccountId::as_str);
            let by_account = account.is_some() && member.login_account.as_deref() == account;
            by_uuid || by_number || by_account
        })
    }

    /// The languages of all groups, in their order.
    pub(crate) fn languages(&self) -> Vec<String> {
        languages(&self.groups)
    }

    /// The groups as pushes tell them.
    pub(crate) fn groups(&self) -> Vec<InterpreterGroupInfo> {
        let tell = |group: &InterpreterGroup| {
            let mut info = InterpreterGroupInfo::new(group.id.as_str())
                .first_language(group.first_language.as_str())
                .second_language(group.second_language.as_str())
                .interpreters(group.interpreters.iter().flatten().cloned());
            info.name = group.name.clone();
            info.kind = group.kind.clone();
            info
        };
        self.groups.iter().map(tell).collect()
    }

    /// Who listens to a language.
    pub(crate) fn channels(&self) -> impl Iterator<Item = (&ParticipantId, &Channel)> {
        self.channels.iter()
    }

    /// Forgets those who are not there any more.
    pub(crate) fn keep_present(&mut self, people: &[Participant]) {
        self.channels
            .retain(|id, _| people.iter().any(|person| person.id == *id));
    }
}

fn languages(groups: &[InterpreterGroup]) -> Vec<String> {
    let mut languages = Vec::new();
    for group in groups {
        for language in [&group.first_language, &group.second_language] {
            if !languages.contains(language) {
                languages.push(language.clone());
            }
        }
    }
    languages
}

/// Completes what is known of an interpreter. Answers what tells this one from all others.
fn identify(member: &mut Interpreter, directory: &Directory) -> Result<String, ServiceError> {
    if member.kind == Some(InterpreterKind::Ai) {
        // Nobody logs in as a machine.
        return Ok(format!("AI {}", member.id.as_deref().unwrap_or_default()));
    }
    let account = member.login_account.as_deref().map(AccountId::new);
    let user = match (&member.user_uuid, &account) {
        (Some(uuid), _) => Some(directory.user(uuid).ok_or(errors::NO_SUCH_INTERPRETER)?),
        (None, Some(account)) => directory.user_by_account(account),
        (None, None) => return Err(errors::NO_SUCH_INTERPRETER.into()),
    };
    if let Some(user) = user {
        member.user_uuid = Some(user.uuid.clone());
        member.name.get_or_insert_with(|| user.name.clone());
        member.number.get_or_insert_with(|| user.sip_number.clone());
        return Ok(user.uuid.as_str().to_owned());
    }
    // An account that never logged in is no user yet.
    let known = account.filter(|id| directory.has_account(id));
    let known = known.ok_or(errors::NO_SUCH_INTERPRETER)?;
    Ok(known.as_str().to_owned())
}
