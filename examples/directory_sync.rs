//! Keeps the directory of an enterprise in step with a CSV file: `cargo run --example directory_sync`.
//!
//! Without arguments it makes up a file and a simulator. With a file it takes that, on the simulator:
//!
//! ```text
//! cargo run --example directory_sync -- people.csv
//! ```
//!
//! Lines are `account,name,mail`. Progress is noted in a file beside it: a run that breaks off goes on
//! where it stopped.

use std::{
    env, fs,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use meeting_blocking::{
    Client, Error,
    types::operations::{AddUser, SearchUsers, UpdateUser},
};
use meeting_sim::Simulator;

/// A line of the file.
struct Person {
    account: String,
    name: String,
    mail: String,
}

fn main() -> Result<()> {
    let sim = Simulator::start()?;
    // Without a user id, the login is the administrator's.
    let client = Client::with_credentials(sim.endpoint(), sim.app_credential());
    let file = match env::args().nth(1) {
        Some(file) => PathBuf::from(file),
        None => made_up_file()?,
    };
    let people = read(&file)?;
    let checkpoint = file.with_extension("checkpoint");
    let done = fs::read_to_string(&checkpoint).unwrap_or_default();
    let done: usize = done.trim().parse().unwrap_or(0);
    let (mut added, mut changed) = (0, 0);
    for (number, person) in people.iter().enumerate().skip(done) {
        if sync(&client, person)? {
            added += 1;
        } else {
            changed += 1;
        }
        fs::write(&checkpoint, (number + 1).to_string())?;
        progress(number + 1, people.len())?;
    }
    fs::remove_file(&checkpoint).ok();
    let mut listed = 0;
    for user in client.pages(SearchUsers::new().search_key("@enterprise.example")) {
        user?;
        listed += 1;
    }
    println!("\n{added} added, {changed} changed, {listed} in the directory");
    Ok(())
}

/// Adds somebody, or changes who is there already. Answers whether somebody was added.
fn sync(client: &Client, person: &Person) -> Result<bool> {
    let add = AddUser::new(&*person.name)
        .account_id(&*person.account)
        .email(&*person.mail);
    match client.send(&add) {
        Ok(_) => Ok(true),
        // The account is there already.
        Err(Error::Service(error)) if error.code() == "USG.201040001" => {
            let update = UpdateUser::new(&*person.account)
                .name(&*person.name)
                .email(&*person.mail);
            client.send(&update)?;
            Ok(false)
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be added", person.account)),
    }
}

fn read(file: &Path) -> Result<Vec<Person>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let people = lines.map(|(number, line)| {
        let parts: Vec<&str> = line.split(',').map(str::trim).collect();
        let [account, name, mail] = parts[..] else {
            anyhow::bail!("line {} is not `account,name,mail`", number + 1);
        };
        Ok(Person {
            account: account.to_owned(),
            name: name.to_owned(),
            mail: mail.to_owned(),
        })
    });
    people.collect()
}

/// Draws a bar on a terminal.
fn progress(done: usize, all: usize) -> Result<()> {
    if std::io::stdout().is_terminal() {
        let filled = done * 40 / all.max(1);
        print!("\r[{:<40}] {done}/{all}", "#".repeat(filled));
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn made_up_file() -> Result<PathBuf> {
    let file = env::temp_dir().join(format!("directory_sync-{}.csv", std::process::id()));
    let people = ["ann", "bo", "chen", "dana", "ann"].iter().enumerate();
    let lines = people.map(|(number, name)| {
        format!("{name}@enterprise.example,{name} {number},{name}@mail.example\n")
    });
    fs::write(&file, lines.collect::<String>())?;
    Ok(file)
}
