use std::fmt;

use serde::{Deserialize, Serialize};

/// What a host of a demo world does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// Answers people, and asks the `api` for most of it.
    Web,
    /// Answers the `web` hosts with what it finds in the database and the cache.
    Api,
    /// A relational database.
    Db,
    /// A Redis cache.
    Cache,
    /// Works off a queue of jobs that the `api` fills.
    Worker,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] = [Self::Web, Self::Api, Self::Db, Self::Cache, Self::Worker];

    /// Its name, also the first part of the names of its hosts: `web-1`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
            Self::Db => "db",
            Self::Cache => "cache",
            Self::Worker => "worker",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How many hosts of each role a demo world has: one each of web, api, db and worker unless told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hosts {
    /// Hosts that answer people.
    pub web: u32,
    /// Hosts behind them.
    pub api: u32,
    /// Databases.
    pub db: u32,
    /// Caches.
    pub cache: u32,
    /// Hosts that work off jobs.
    pub worker: u32,
}

impl Default for Hosts {
    fn default() -> Self {
        Self { web: 1, api: 1, db: 1, cache: 0, worker: 1 }
    }
}

impl Hosts {
    /// No hosts.
    pub const NONE: Self = Self { web: 0, api: 0, db: 0, cache: 0, worker: 0 };

    /// So many hosts of a usual mixture of roles: of 20, 6 web, 6 api, 2 db, 2 cache, 4 worker.
    #[must_use]
    pub fn of(count: u32) -> Self {
        use Role::{Api, Cache, Db, Web, Worker};
        const ORDER: [Role; 10] = [Web, Api, Db, Worker, Web, Api, Cache, Web, Api, Worker];
        let mut hosts = Self::NONE;
        for role in ORDER.into_iter().cycle().take(usize::try_from(count).unwrap_or(usize::MAX)) {
            *hosts.count_mut(role) += 1;
        }
        hosts
    }

    /// How many there are of that role.
    #[must_use]
    pub fn count(&self, role: Role) -> u32 {
        match role {
            Role::Web => self.web,
            Role::Api => self.api,
            Role::Db => self.db,
            Role::Cache => self.cache,
            Role::Worker => self.worker,
        }
    }

    fn count_mut(&mut self, role: Role) -> &mut u32 {
        match role {
            Role::Web => &mut self.web,
            Role::Api => &mut self.api,
            Role::Db => &mut self.db,
            Role::Cache => &mut self.cache,
            Role::Worker => &mut self.worker,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        Role::ALL.iter().map(|role| u64::from(self.count(*role))).sum()
    }

    /// Their names with their roles, role by role: `web-1`, `web-2`, `api-1`, …
    pub fn names(self) -> impl Iterator<Item = (String, Role)> {
        Role::ALL.into_iter().flat_map(move |role| {
            (1..=self.count(role)).map(move |number| (format!("{role}-{number}"), role))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_mixed_and_named_by_role() {
        assert_eq!(Hosts::of(4), Hosts::default());
        assert_eq!(Hosts::of(20), Hosts { web: 6, api: 6, db: 2, cache: 2, worker: 4 });
        for count in 0..30 {
            assert_eq!(Hosts::of(count).total(), u64::from(count));
        }
        let names: Vec<String> = Hosts::of(5).names().map(|(name, _)| name).collect();
        assert_eq!(names, ["web-1", "web-2", "api-1", "db-1", "worker-1"]);
    }
}
