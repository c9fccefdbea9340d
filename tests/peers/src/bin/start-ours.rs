//! The smallest application that migrates itself with build-support.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut client = postgres::Client::connect(&std::env::var("DATABASE_URL")?, postgres::NoTls)?;
    build_support::migrations!().run(&mut client)?;
    Ok(())
}
