//! `shopctl`: a shop from the command line, through the same commands as the window.

mod import;
mod output;
mod restore;

use std::{io::IsTerminal as _, net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};
use domain::access::Permission;
use engine::{
    Engine, Error,
    access::SignIn,
    backup,
    commands::{self, SPECS, call},
    ctx::{Caller, Door, Meta},
    db::Address,
    encryption::{self, RecoveryCode},
    exports::{Export, ExportFormat, ExportId, ExportJob, ExportState},
    offline::Newcomer,
};
use output::{Failure, print, say};
use uuid::Uuid;

/// Rows travel between threads, which is what the system's own allocator is slowest at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A shop from the command line.
///
/// Works on the same database as the window, through the same commands: what is refused there is
/// refused here, and every change is in the audit log. Answers are JSON on standard output; what
/// is meant for people goes to standard error.
///
/// Exit codes: 0 done; 1 the shop refused (the JSON says why); 2 the call is wrong; 3 the
/// database cannot be used; 4 `check` found differences.
#[derive(Parser)]
#[command(name = "shopctl", version, after_help = EXAMPLES)]
struct Args {
    /// The shop: a SQLite file, or postgres://user@host/database (the password may stand in
    /// PGPASSWORD, where no list of processes shows it).
    #[arg(long, global = true, env = "SHOPKEEPER_DB", default_value = "shop.db", hide_env_values = true)]
    db: String,
    /// Who asks, in a shop with people; the password stands in SHOPKEEPER_PASSWORD, where no list of
    /// processes shows it. Whoever has turned on the second step gives its code in SHOPKEEPER_CODE, or is
    /// asked for it at a terminal.
    #[arg(long = "as", global = true, env = "SHOPKEEPER_LOGIN", value_name = "LOGIN")]
    login: Option<String>,
    /// Print JSON on one line.
    #[arg(long, global = true)]
    compact: bool,
    #[command(subcommand)]
    what: What,
}

const EXAMPLES: &str = "\
Examples:
  shopctl --db shop.db call settings.setup '{\"name\":\"My shop\",\"currency\":\"CNY\",\"zone\":\"Asia/Shanghai\",\"country\":\"CN\",\"tax_inclusive\":true}'
  shopctl --db shop.db call orders.list '{\"limit\":10}'
  shopctl --db shop.db import online_retail.csv --kind online_retail
  shopctl --db shop.db backup /backups/shop-monday.db
  shopctl --db shop.db encrypt
  SHOPKEEPER_BACKUP_SECRET=… shopctl copies s3://KEY@s3.example.com/bucket/folder?region=eu-central-1
  shopctl --db shop.db check
  shopctl --db shop.db serve --ui ui/dist";

#[derive(Subcommand)]
enum What {
    /// Run any command or query by its name; the input is JSON ('-' reads standard input).
    Call {
        /// As `shopctl commands` lists them, e.g. orders.place.
        name: String,
        #[arg(default_value = "{}")]
        input: String,
        /// Makes the call safe to repeat: the same id is done once and answered the same.
        #[arg(long)]
        command_id: Option<Uuid>,
    },
    /// List every command: its permission, whether it can be undone and run offline.
    Commands,
    /// Serve the commands over HTTP until Ctrl+C.
    ///
    /// Prints the address and a token; without the token nobody is let in. Listens on this
    /// machine only, unless --listen says otherwise: then it needs a certificate.
    Serve {
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// The certificate to show, with those who vouch for it (PEM).
        #[arg(long, value_name = "FILE", requires = "key")]
        certificate: Option<PathBuf>,
        /// The certificate's key (PEM).
        #[arg(long, value_name = "FILE", requires = "certificate")]
        key: Option<PathBuf>,
        /// A folder with the built UI, to open the shop in a browser.
        #[arg(long)]
        ui: Option<PathBuf>,
        /// Use this token instead of a new one.
        #[arg(long, env = "SHOPKEEPER_TOKEN", hide_env_values = true)]
        token: Option<String>,
        /// Keep a copy of a shop on Postgres in this file, and sell on from it while the server is gone. It is
        /// encrypted; on a machine without a keyring its key is in a file beside it, which the passphrase in
        /// SHOPKEEPER_COPY_PASSPHRASE opens.
        #[arg(long, value_name = "FILE")]
        copy: Option<PathBuf>,
    },
    /// Bring in a file: CSV, XLSX or a dump. Interrupting it loses nothing; run it again to go on.
    Import(import::Args),
    /// Write a list to a CSV or XLSX file (by the ending of FILE).
    Export {
        /// orders, products, customers, stock or payments.
        what: String,
        file: PathBuf,
        /// The filters of the list, as JSON.
        #[arg(long, default_value = "{}")]
        filters: String,
    },
    /// Write a verified copy of the whole shop to a file.
    Backup { file: PathBuf },
    /// List the backups in a bucket or a WebDAV folder: s3://KEY@host/bucket/folder?region=…, or
    /// https://user@host/folder. Its secret stands in SHOPKEEPER_BACKUP_SECRET.
    Copies { place: String },
    /// Bring a backup into the shop given by --db, which must be empty.
    ///
    /// FILE is a file, or a backup as `copies` lists them: s3://KEY@host/bucket/folder/NAME?region=…
    Restore {
        file: String,
        /// Put the backup in the place of a shop that is there.
        #[arg(long)]
        overwrite: bool,
    },
    /// Move the shop given by --db to an empty database on a server (postgres://…), or from a server into a file.
    ///
    /// Counted and checked on the other side before it counts. The file is kept under another name; on a server
    /// nothing is done in the shop any more.
    Move { to: String },
    /// Encrypt the shop's file, or give an encrypted one a new recovery code. Prints the code, which is kept
    /// nowhere: write it down. Nobody may have the shop open.
    Encrypt,
    /// Take the encryption off the shop's file.
    Decrypt,
    /// Compare every balance, status and sum with the facts it comes from.
    Check,
    /// Make a small shop to look around in, from real sales data.
    Sample,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let _ = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::ERROR)
        .try_init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("shopctl: {error}"));
            return ExitCode::from(3);
        }
    };
    let compact = args.compact;
    match runtime.block_on(run(args)) {
        Ok(code) => code,
        Err(failure) => failure.report(compact),
    }
}

const COPY_PASSPHRASE: &str = "SHOPKEEPER_COPY_PASSPHRASE";

async fn run(args: Args) -> Result<ExitCode, Failure> {
    let compact = args.compact;
    if let What::Commands = args.what {
        print(&SPECS, compact);
        return Ok(ExitCode::SUCCESS);
    }
    let address: Address = args.db.parse().map_err(Failure::Usage)?;
    if let Address::Sqlite(file) = &address {
        restore::unlock(file).await?;
    }
    match &args.what {
        What::Copies { place } => {
            let (place, _) = backup::parse_place(place).map_err(Failure::Usage)?;
            print(&backup::copies_in(&place, &restore::backup_secret()?).await?, compact);
            return Ok(ExitCode::SUCCESS);
        }
        What::Restore { file, overwrite } => {
            print(&restore::restore(file, &address, *overwrite).await?, compact);
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let shop = match (&args.what, &address) {
        (What::Serve { copy: Some(copy), .. }, Address::Postgres(_)) => {
            let passphrase = std::env::var(COPY_PASSPHRASE).ok();
            engine::encryption::ready_copy(copy, passphrase.as_deref()).await.map_err(|error| match error {
                Error::NoKeyring => Failure::Usage(Error::invalid(COPY_PASSPHRASE, "required")),
                error => Failure::Database(error),
            })?;
            Engine::open_desk(&address, copy, Newcomer::default()).await
        }
        (What::Serve { copy: Some(_), .. }, Address::Sqlite(_)) => Err(engine::Error::invalid("db", "not_a_server")),
        _ => Engine::open(&address).await,
    };
    let shop = shop.map_err(Failure::Database)?;
    let alone = Alone::of(&args.what).map_err(Failure::Usage)?;
    // A shop that is served where nobody sits and no keyring is: its copies go on.
    if let Ok(secret) = restore::backup_secret() {
        shop.give_backup_secret(secret);
    }
    let outcome = match caller(&shop, args.login).await {
        Ok(caller) => on_shop(&shop, &caller, args.what, compact).await,
        Err(refused) => Err(refused.into()),
    };
    shop.close().await;
    match (outcome, alone) {
        (Ok(_), Some(alone)) => alone.run(&address, compact).await,
        (outcome, _) => outcome,
    }
}

/// What is done once this program has closed the shop, since nobody may have it open meanwhile.
enum Alone {
    Encrypt,
    Decrypt,
    Move(Address),
}

impl Alone {
    fn of(what: &What) -> engine::Result<Option<Self>> {
        Ok(match what {
            What::Encrypt => Some(Self::Encrypt),
            What::Decrypt => Some(Self::Decrypt),
            What::Move { to } => Some(Self::Move(to.parse()?)),
            _ => None,
        })
    }

    async fn run(self, shop: &Address, compact: bool) -> Result<ExitCode, Failure> {
        match (self, shop) {
            (Self::Encrypt, Address::Sqlite(file)) => {
                let code = RecoveryCode::new()?;
                let done = encryption::encrypt(file, &code).await?;
                let told = serde_json::json!({ "code": code.written()?, "kept": done.kept, "left": done.left });
                print(&told, compact);
                say(
                    "Write the code down and keep it apart from this machine: without it nobody opens the shop elsewhere.",
                );
            }
            (Self::Decrypt, Address::Sqlite(file)) => encryption::decrypt(file).await?,
            (Self::Move(server @ Address::Postgres(_)), Address::Sqlite(file)) => {
                print(&backup::move_to_server(file, &server).await?, compact);
            }
            (Self::Move(Address::Sqlite(file)), server @ Address::Postgres(_)) => {
                print(&backup::move_from_server(server, &file).await?, compact);
            }
            (Self::Move(_), _) => return Err(Failure::Usage(Error::invalid("to", "same_kind"))),
            _ => return Err(Failure::Usage(Error::invalid("db", "not_a_file"))),
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn caller(shop: &Engine, login: Option<String>) -> engine::Result<Caller> {
    let Some(login) = login else { return Ok(shop.owner(Door::CommandLine)) };
    let password =
        std::env::var("SHOPKEEPER_PASSWORD").map_err(|_| Error::invalid("SHOPKEEPER_PASSWORD", "required"))?;
    let code = std::env::var("SHOPKEEPER_CODE").ok().filter(|code| !code.is_empty());
    let mut input = SignIn { login, password: password.into(), code: code.map(Into::into) };
    match shop.sign_in(Door::CommandLine, input.clone()).await {
        Err(Error::CodeNeeded) if std::io::stdin().is_terminal() => {
            say("Code:");
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map_err(Error::internal)?;
            input.code = Some(line.into());
            shop.sign_in(Door::CommandLine, input).await
        }
        outcome => outcome,
    }
}

async fn on_shop(shop: &Engine, caller: &Caller, what: What, compact: bool) -> Result<ExitCode, Failure> {
    match what {
        What::Call { name, input, command_id } => {
            let meta = command_id.map_or_else(Meta::new, |command_id| Meta { command_id });
            let input = output::read_json(&input)?;
            print(&commands::call_json(shop, caller, &name, meta, input).await?, compact);
        }
        What::Serve { listen, certificate, key, ui, token, .. } => {
            shop.need(caller, Permission::SettingsWrite).await?;
            let certificate = certificate.zip(key).map(|(chain, key)| server::Certificate { chain, key });
            serve(shop, server::Options { listen, token: token_of(token)?, ui, certificate }).await?;
        }
        What::Import(args) => return import::run(shop, caller, args, compact).await,
        What::Export { what, file, filters } => {
            let job = export(shop, caller, &what, file, &filters).await?;
            print(&job, compact);
            return Ok(if job.state == ExportState::Done { ExitCode::SUCCESS } else { ExitCode::from(1) });
        }
        What::Backup { file } => {
            shop.need(caller, Permission::SettingsWrite).await?;
            print(&engine::backup::backup(shop, &file).await?, compact);
        }
        What::Check => {
            let report = commands::call_json(shop, caller, "app.check", Meta::new(), serde_json::json!({})).await?;
            let clean = report.get("differences").and_then(|d| d.as_array()).is_none_or(Vec::is_empty);
            print(&report, compact);
            return Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(4) });
        }
        What::Sample => {
            shop.need(caller, Permission::SettingsWrite).await?;
            engine::sample::create(shop).await?;
            say("The sample shop is ready.");
        }
        What::Encrypt | What::Decrypt | What::Move { .. } => {
            shop.need(caller, Permission::SettingsWrite).await?;
        }
        What::Commands | What::Copies { .. } | What::Restore { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}

async fn export(
    shop: &Engine,
    caller: &Caller,
    what: &str,
    file: PathBuf,
    filters: &str,
) -> Result<ExportJob, Failure> {
    let what = what.parse().map_err(|_| Failure::Usage(Error::invalid_because("what", "unknown", what)))?;
    let xlsx = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    let input = Export {
        what,
        format: if xlsx { ExportFormat::Xlsx } else { ExportFormat::Csv },
        path: std::path::absolute(&file).unwrap_or(file).to_string_lossy().into_owned(),
        filter: Some(output::read_json(filters)?.to_string()).filter(|filter| filter != "{}"),
        language: "en".into(),
    };
    let mut job = call::exports_table(shop, caller, Meta::new(), input).await?;
    while job.state == ExportState::Running {
        tokio::time::sleep(Duration::from_millis(50)).await;
        job = call::exports_get(shop, caller, ExportId { id: job.id }).await?;
    }
    Ok(job)
}

fn token_of(given: Option<String>) -> Result<String, Failure> {
    match given {
        Some(token) if token.len() >= 16 => Ok(token),
        Some(_) => Err(Failure::Usage(Error::invalid("token", "too_short"))),
        None => Ok(server::new_token()?),
    }
}

async fn serve(shop: &Engine, options: server::Options) -> Result<(), Failure> {
    let scheme = if options.certificate.is_some() { "https" } else { "http" };
    let token = options.token.clone();
    if options.certificate.is_none() && !options.listen.ip().is_loopback() {
        say("Beyond this machine it is served with --certificate and --key only, or to an SSH tunnel that ends here.");
    }
    let (address, served) = server::open(shop.clone(), options).await.map_err(Failure::Usage)?;
    say(&format!("{scheme}://{address}/#token={token}\nCtrl+C ends it."));
    tokio::spawn(engine::clockwork::keep(shop.clone()));
    tokio::select! {
        outcome = served => outcome.map_err(|e| Failure::Shop(Error::internal(e))),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}
