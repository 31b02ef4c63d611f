//! Bringing a backup in, from a file or from a place that is reached over the network. Secrets stand in the
//! environment, which no list of processes shows.

use std::{env, path::Path};

use engine::{
    Error,
    access::Secret,
    backup::{self, BackupReport},
    db::Address,
    encryption,
};

use crate::output::Failure;

const BACKUP_SECRET: &str = "SHOPKEEPER_BACKUP_SECRET";

pub async fn restore(from: &str, into: &Address, overwrite: bool) -> Result<BackupReport, Failure> {
    if !backup::is_place(from) {
        unlock(from.as_ref()).await?;
        return Ok(backup::restore(from.as_ref(), into, overwrite).await?);
    }
    let (place, name) = backup::parse_place(from).map_err(Failure::Usage)?;
    let name = name.ok_or_else(|| Failure::Usage(Error::invalid("name", "required")))?;
    let beside = match into {
        Address::Sqlite(path) => path.parent().filter(|folder| folder.is_dir()).map(Path::to_owned),
        Address::Postgres(_) => None,
    };
    let folder = beside.unwrap_or_else(env::temp_dir);
    let fetched = backup::fetch_copy(&place, &backup_secret()?, &name, &folder).await?;
    unlock(&fetched.file).await?;
    Ok(backup::restore(&fetched.file, into, overwrite).await?)
}

/// Of a place that copies are in.
pub fn backup_secret() -> Result<Secret, Failure> {
    let secret = env::var(BACKUP_SECRET);
    Ok(secret.map_err(|_| Failure::Usage(Error::invalid(BACKUP_SECRET, "required")))?.into())
}

/// Opens a file that is encrypted with the recovery code, if there is one.
pub async fn unlock(file: &Path) -> Result<(), Failure> {
    let Ok(code) = env::var("SHOPKEEPER_RECOVERY_CODE") else { return Ok(()) };
    if encryption::is_encrypted(file) {
        encryption::unlock(file, &code).await.map_err(Failure::Database)?;
    }
    Ok(())
}
