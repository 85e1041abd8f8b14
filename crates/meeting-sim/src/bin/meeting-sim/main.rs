//! The offline meeting service as a program.

mod demo;

use std::{
    fs::OpenOptions,
    io::{self, Write},
    net::IpAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;
use meeting_sim::{
    DEFAULT_ACCOUNT, DEFAULT_APP_ID, DEFAULT_APP_KEY, DEFAULT_PASSWORD, DEFAULT_PROVIDER_APP_ID,
    DEFAULT_PROVIDER_APP_KEY, Simulator,
};

use crate::demo::DemoMeeting;

/// How often there is a look at what to print.
const LOOK: Duration = Duration::from_millis(100);

/// Huawei Cloud Meeting in miniature, offline: logs in, books, starts and controls meetings, and
/// tells live what happens in them. Runs until it is stopped with Ctrl-C.
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
    /// Name the WebSocket's host by an address that is not in the certificate, as the service does.
    #[arg(long, requires = "tls")]
    foreign_web_socket_host: bool,
    /// Draw the same ids, passwords and tokens in every run.
    #[arg(long)]
    seed: Option<u64>,
    /// Another application that may log in.
    #[arg(long, value_name = "ID", requires = "app_key")]
    app_id: Option<String>,
    /// Where the key of that application is: @FILE or @env:NAME. An argument can be read by others.
    #[arg(long, value_name = "WHERE", requires = "app_id", value_parser = secret)]
    app_key: Option<String>,
    /// Another account that may log in.
    #[arg(long, requires = "password")]
    account: Option<String>,
    /// Where the password of that account is: @FILE or @env:NAME.
    #[arg(long, value_name = "WHERE", requires = "account", value_parser = secret)]
    password: Option<String>,
    /// How many meetings run from the start.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    meetings: u8,
    /// How many people are in each of them.
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    people: u8,
    /// Let people come and go, speak, raise hands, share and more all the time, and follow what the
    /// host asks for.
    #[arg(long)]
    lively: bool,
    /// How long it takes until the next thing happens, with --lively.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 2000, requires = "lively",
          value_parser = clap::value_parser!(u64).range(1..))]
    pace: u64,
    /// How long a control token lives without being kept alive.
    #[arg(long, value_name = "SECONDS", default_value_t = 30 * 60,
          value_parser = clap::value_parser!(u64).range(1..=24 * 3600))]
    control_token_lifetime: u64,
    /// Start with people, departments, a device, a booked meeting and a recorded one.
    #[arg(long)]
    demo: bool,
    /// Take values of enums that nobody documents.
    #[arg(long)]
    lenient: bool,
    /// Let webhooks have addresses outside this machine.
    #[arg(long)]
    webhooks_beyond_loopback: bool,
    /// Print every request, without its secrets.
    #[arg(long, short)]
    verbose: bool,
}

/// Reads a secret from where an argument says that it is.
fn secret(place: &str) -> Result<String, String> {
    let Some(place) = place.strip_prefix('@') else {
        return Err("others can read arguments: give @FILE or @env:NAME".to_owned());
    };
    let text = match place.strip_prefix("env:") {
        Some(name) => std::env::var(name).map_err(|error| format!("{name}: {error}"))?,
        None => std::fs::read_to_string(place).map_err(|error| format!("{place}: {error}"))?,
    };
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
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
        .tls(arguments.tls)
        .foreign_web_socket_host(arguments.foreign_web_socket_host)
        .control_token_lifetime(Duration::from_secs(arguments.control_token_lifetime))
        .demo(arguments.demo)
        .lenient(arguments.lenient)
        .webhooks_beyond_loopback(arguments.webhooks_beyond_loopback);
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
        let subject = format!("Meeting {number}");
        let stage = DemoMeeting::new(&sim, subject, arguments.people, arguments.lively)?;
        stages.push(stage);
    }
    match introduce(&sim, arguments, &stages).and_then(|()| keep_running(&sim, arguments, stages)) {
        // Whoever read along has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        ended => Ok(ended?),
    }
}

/// Prints requests and lets things happen. Ends only when nothing can be printed any more.
fn keep_running(
    sim: &Simulator,
    arguments: &Arguments,
    mut stages: Vec<DemoMeeting>,
) -> io::Result<()> {
    let pace = Duration::from_millis(arguments.pace);
    let mut printed = 0;
    let mut acted = Instant::now();
    loop {
        std::thread::sleep(if arguments.lively {
            LOOK.min(pace)
        } else {
            LOOK
        });
        if arguments.verbose {
            printed = print_requests(sim, printed)?;
        }
        if arguments.lively && acted.elapsed() >= pace {
            acted = Instant::now();
            for stage in &mut stages {
                stage.act();
            }
        }
    }
}

/// Prints the requests that came since so many were printed. Answers how many there are now.
fn print_requests(sim: &Simulator, printed: usize) -> io::Result<usize> {
    let total = sim.total_requests();
    if total > printed {
        let records = sim.requests();
        let fresh = (total - printed).min(records.len());
        let mut out = io::stdout().lock();
        for record in &records[records.len() - fresh..] {
            writeln!(out, "{record}")?;
        }
        out.flush()?;
    }
    Ok(total)
}

/// Says what a client needs to know, a line for each.
fn introduce(sim: &Simulator, arguments: &Arguments, stages: &[DemoMeeting]) -> io::Result<()> {
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
    if arguments.app_key.is_none() {
        writeln!(out, "app key         {key}")?;
    }
    let (account, password) = match (&arguments.account, &arguments.password) {
        (Some(account), Some(password)) => (account.as_str(), password.as_str()),
        _ => (DEFAULT_ACCOUNT, DEFAULT_PASSWORD),
    };
    writeln!(out, "provider id     {DEFAULT_PROVIDER_APP_ID}")?;
    writeln!(out, "provider key    {DEFAULT_PROVIDER_APP_KEY}")?;
    writeln!(out, "account         {account}")?;
    if arguments.password.is_none() {
        writeln!(out, "password        {password}")?;
    }
    for stage in stages {
        let meeting = &stage.meeting;
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
