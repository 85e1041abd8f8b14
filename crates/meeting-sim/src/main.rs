//! The offline meeting service as a program.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    net::IpAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use meeting_sim::{
    DEFAULT_ACCOUNT, DEFAULT_APP_ID, DEFAULT_APP_KEY, DEFAULT_PASSWORD, DEFAULT_PROVIDER_APP_ID,
    DEFAULT_PROVIDER_APP_KEY, MeetingPlan, SimMeeting, Simulator,
};
use meeting_types::{ParticipantId, ServiceError};

/// Huawei Cloud Meeting in miniature, offline: logs in, books, starts and controls meetings, and
/// tells live what happens in them.
#[derive(Debug, Parser)]
#[command(name = "meeting-sim", version, max_term_width = 100)]
struct Arguments {
    /// Address to listen on. Any other than a loopback address lets others in.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Port to listen on; 0 takes one that is free.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Speak TLS, with a certificate made for this run.
    #[arg(long)]
    tls: bool,
    /// Where to write the certificate to trust; a new file among the temporary ones if not given.
    #[arg(long, value_name = "FILE", requires = "tls")]
    ca_file: Option<PathBuf>,
    /// Draw the same ids, passwords and tokens in every run.
    #[arg(long)]
    seed: Option<u64>,
    /// Another application that may log in.
    #[arg(long, value_name = "ID", requires = "app_key")]
    app_id: Option<String>,
    /// The key of that application.
    #[arg(long, value_name = "KEY", requires = "app_id")]
    app_key: Option<String>,
    /// Another account that may log in.
    #[arg(long, requires = "password")]
    account: Option<String>,
    /// The password of that account.
    #[arg(long, requires = "account")]
    password: Option<String>,
    /// How many meetings run from the start.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    meetings: u8,
    /// How many people are in each of them.
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    people: u8,
    /// Let people come and go, speak and fall silent, raise hands and share all the time.
    #[arg(long)]
    lively: bool,
    /// Print every request, without its secrets.
    #[arg(long, short)]
    verbose: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut reasons = error.to_string();
            let mut cause = error.source();
            while let Some(next) = cause {
                reasons = format!("{reasons}: {next}");
                cause = next.source();
            }
            eprintln!("meeting-sim: {reasons}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let mut setup = Simulator::builder()
        .host(arguments.host)
        .port(arguments.port)
        .tls(arguments.tls);
    if let Some(seed) = arguments.seed {
        setup = setup.seed(seed);
    }
    if let (Some(id), Some(key)) = (&arguments.app_id, &arguments.app_key) {
        setup = setup.app(id.as_str(), key.as_str());
    }
    if let (Some(account), Some(password)) = (&arguments.account, &arguments.password) {
        setup = setup.account(account.as_str(), password.as_str());
    }
    let sim = setup.start()?;
    let mut stages = Vec::new();
    for number in 1..=arguments.meetings {
        let plan = MeetingPlan::running(format!("Meeting {number}"));
        // Longer than anybody watches, and still to be prolonged.
        let meeting = sim.create_meeting(plan.length(Duration::from_secs(12 * 3600)));
        stages.push(Stage::new(&sim, meeting, arguments.people)?);
    }
    introduce(&sim, arguments, &stages)?;
    let mut printed = 0;
    let mut turn = 0_usize;
    loop {
        std::thread::sleep(Duration::from_millis(250));
        if arguments.verbose {
            let total = sim.total_requests();
            let records = sim.requests();
            let fresh = total.saturating_sub(printed).min(records.len());
            for record in &records[records.len() - fresh..] {
                println!("{record}");
            }
            printed = total;
        }
        turn += 1;
        if arguments.lively && turn.is_multiple_of(8) {
            for stage in &mut stages {
                stage.act(&sim, turn / 8);
            }
        }
    }
}

/// Says what a client needs to know, a line for each.
fn introduce(sim: &Simulator, arguments: &Arguments, stages: &[Stage]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "endpoint        {}", sim.endpoint())?;
    if let Some(pem) = sim.ca_pem() {
        let path = match &arguments.ca_file {
            Some(path) => {
                std::fs::write(path, pem)?;
                path.clone()
            }
            None => {
                let name = format!("meeting-sim-{}-ca.pem", sim.address().port());
                write_new(&std::env::temp_dir(), &name, pem)?
            }
        };
        writeln!(out, "trust           {}", path.display())?;
    }
    let (id, key) = match (&arguments.app_id, &arguments.app_key) {
        (Some(id), Some(key)) => (id.as_str(), key.as_str()),
        _ => (DEFAULT_APP_ID, DEFAULT_APP_KEY),
    };
    writeln!(out, "app id          {id}")?;
    writeln!(out, "app key         {key}")?;
    let (account, password) = match (&arguments.account, &arguments.password) {
        (Some(account), Some(password)) => (account.as_str(), password.as_str()),
        _ => (DEFAULT_ACCOUNT, DEFAULT_PASSWORD),
    };
    writeln!(out, "provider id     {DEFAULT_PROVIDER_APP_ID}")?;
    writeln!(out, "provider key    {DEFAULT_PROVIDER_APP_KEY}")?;
    writeln!(out, "account         {account}")?;
    writeln!(out, "password        {password}")?;
    for Stage { meeting, .. } in stages {
        writeln!(out, "meeting         {}", meeting.conference_id)?;
        writeln!(out, "host password   {}", meeting.host_password.expose())?;
        writeln!(out, "guest password  {}", meeting.guest_password.expose())?;
    }
    if !arguments.host.is_loopback() {
        eprintln!("meeting-sim: others can reach this simulator; it protects nothing");
    }
    out.flush()
}

/// Writes a file that was not there before, so that nobody else's is overwritten.
fn write_new(folder: &Path, name: &str, text: &str) -> io::Result<PathBuf> {
    for attempt in 0.. {
        let path = folder.join(match attempt {
            0 => name.to_owned(),
            _ => format!("{attempt}-{name}"),
        });
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < 1000 => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

const NAMES: &[&str] = &["Ann", "Bo", "Chen", "Dana", "Eli", "Fang", "Gita", "Hugo"];

/// A meeting with people in it.
struct Stage {
    meeting: SimMeeting,
    people: Vec<ParticipantId>,
    came: usize,
}

impl Stage {
    fn new(sim: &Simulator, meeting: SimMeeting, people: u8) -> Result<Self, ServiceError> {
        let mut stage = Self {
            meeting,
            people: Vec::new(),
            came: 0,
        };
        for number in 0..people {
            let (id, name) = (&stage.meeting.conference_id, stage.next_name());
            let person = if number == 0 {
                sim.join_as_host(id, name)?
            } else {
                sim.join(id, name)?
            };
            stage.people.push(person);
            stage.came += 1;
        }
        Ok(stage)
    }

    fn next_name(&self) -> String {
        let name = NAMES[self.came % NAMES.len()];
        match self.came / NAMES.len() {
            0 => name.to_owned(),
            round => format!("{name} {}", round + 1),
        }
    }

    /// Lets something happen. A client may have ended the meeting or dropped people, so whatever
    /// is refused is left.
    fn act(&mut self, sim: &Simulator, turn: usize) {
        let id = &self.meeting.conference_id;
        let mut here = sim
            .meeting(id)
            .map_or(Vec::new(), |meeting| meeting.participants);
        here.retain(|person| !person.calling && self.people.contains(&person.id));
        self.people = here.iter().map(|person| person.id.clone()).collect();
        let person = (!here.is_empty()).then(|| &here[turn % here.len()]);
        let done = match (turn % 8, person) {
            (0, _) | (_, None) => {
                let joined = sim.join(id, self.next_name());
                joined.map(|person| {
                    self.people.push(person);
                    self.came += 1;
                })
            }
            (1, Some(person)) => sim.speak(id, [(&person.id, 60)]),
            (2, Some(person)) => sim.mute(id, &person.id, true),
            (3, Some(person)) => sim.mute(id, &person.id, false),
            (4, Some(person)) => sim.raise_hand(id, &person.id, !person.hand_raised),
            (5, Some(person)) => sim.share(id, &person.id, !person.sharing),
            (6, Some(person)) => sim.switch_camera(id, &person.id, !person.camera_on),
            // The first one stays, so that the meeting is never empty.
            (_, Some(_)) if self.people.len() > 1 => {
                let person = self.people.remove(1);
                sim.leave(id, &person)
            }
            _ => sim.speak(id, []),
        };
        // The meeting is over, or a client hung up on somebody.
        drop(done);
    }
}
