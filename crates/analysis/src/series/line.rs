//! What a chart of a series can follow besides the size of the whole stack: one service, or the other kind of bytes.

use super::{Measure, Series, State};

/// One size of every state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The service; absent for all of them.
    pub service: Option<String>,
    /// Which bytes.
    pub measure: Measure,
}

impl Line {
    /// The states with this size alone.
    fn states(&self, states: &[State]) -> Vec<State> {
        let of = |state: &State| {
            let mut one = state.clone();
            if let Some(wanted) = &self.service {
                let service = state.services.iter().find(|service| service.name == *wanted);
                one.size = service.and_then(|service| service.size);
                one.compressed = service.and_then(|service| service.compressed);
                one.base = None;
            }
            match self.measure {
                Measure::ImageSize => one.compressed = None,
                Measure::Compressed => (one.size, one.base) = (None, None),
            }
            one
        };
        states.iter().map(of).collect()
    }
}

impl Series {
    /// The lines that at least two states have a size for: first the one that the series follows, then the other kind of
    /// bytes, then the services where there are several.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let other = match self.measure {
            Measure::ImageSize => Measure::Compressed,
            Measure::Compressed => Measure::ImageSize,
        };
        let mut names: Vec<&String> = Vec::new();
        for service in self.states.iter().flat_map(|state| &state.services) {
            if !names.contains(&&service.name) {
                names.push(&service.name);
            }
        }
        let several = names.len() > 1;
        let of_services = names.into_iter().filter(|_| several).map(|name| Some(name.clone()));
        let lines = [(None, self.measure), (None, other)]
            .into_iter()
            .chain(of_services.map(|service| (service, self.measure)))
            .map(|(service, measure)| Line { service, measure });
        lines.filter(|line| is_drawn(line, &self.states)).collect()
    }

    /// The series of one line, with its own steps. Causes and the budget are those of the line that the series follows.
    #[must_use]
    pub fn following(&self, line: &Line) -> Self {
        if line.service.is_none() && line.measure == self.measure {
            return self.clone();
        }
        Self::of(line.states(&self.states), self.thresholds, None)
    }
}

fn is_drawn(line: &Line, states: &[State]) -> bool {
    line.states(states).iter().filter(|state| state.size_in(line.measure).is_some()).count() > 1
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::{Bytes, Digest};

    use super::*;
    use crate::series::{ServiceState, Thresholds};

    #[test]
    fn a_series_follows_each_line_that_has_sizes() {
        let service = |name: &str, size: u64| ServiceState {
            name: name.to_owned(),
            image: Digest::sha256([1; 32]),
            size: Some(Bytes(size)),
            compressed: None,
        };
        let state = |name: &str, sizes: &[(&str, u64)]| State {
            name: name.to_owned(),
            size: Some(Bytes(sizes.iter().map(|(_, size)| size).sum())),
            services: sizes.iter().map(|(name, size)| service(name, *size)).collect(),
            ..State::default()
        };
        let mut states = vec![
            state("a", &[("web", 10_000_000), ("db", 90_000_000)]),
            state("b", &[("web", 20_000_000), ("db", 90_000_000)]),
            state("c", &[("web", 20_000_000), ("new", 5)]),
        ];
        let series = Series::of(states.clone(), Thresholds::default(), Some(Bytes(7)));
        let lines = series.lines();
        let names: Vec<Option<&str>> = lines.iter().map(|line| line.service.as_deref()).collect();
        // `new` has one size, and nothing is compressed.
        assert_eq!(names, [None, Some("web"), Some("db")]);
        assert_eq!(series.following(&lines[0]), series);
        let web = series.following(&lines[1]);
        assert_eq!((web.steps.len(), web.steps[0].to, web.budget), (1, 1, None));
        assert_eq!((web.size(1), web.size(2)), (Some(Bytes(20_000_000)), Some(Bytes(20_000_000))));
        assert_eq!(series.following(&lines[2]).size(2), None);
        // A single service is the whole.
        states.iter_mut().for_each(|state| state.services.truncate(1));
        assert_eq!(Series::of(states, Thresholds::default(), None).lines().len(), 1);
    }
}
