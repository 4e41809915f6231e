//! Directories of machines, below which the names of people and projects begin.

use std::ops::Range;

use super::known;

/// Where machines keep what is their users', or what was checked out there.
const PLACES: [&str; 22] = [
    "/home/",
    "/Users/",
    "/mnt/",
    "/media/",
    "/Volumes/",
    "/export/",
    "/nfs/",
    "/net/",
    "/srv/",
    "/root/",
    "/opt/",
    "/builds/",
    "/workspaces/",
    "/workspace/",
    "/__w/",
    "/var/lib/jenkins/",
    "/var/jenkins_home/",
    "/codebuild/",
    "/agent/_work/",
    "/go/src/",
    "/var/lib/buildkite-agent/builds/",
    "/opt/atlassian/pipelines/agent/build/",
];

/// What images have below `/opt`, `/srv`, `/root`, `/workspace` and `/go/src`, and what says nothing.
const SOFTWARE: [&str; 78] = [
    "amazon",
    "anaconda",
    "anaconda3",
    "app",
    "apps",
    "aws",
    "bin",
    "bitnami",
    "cni",
    "code",
    "conda",
    "containerd",
    "cuda",
    "data",
    "datadog-agent",
    "docker",
    "elasticsearch",
    "flink",
    "ftp",
    "go",
    "google",
    "gradle",
    "hadoop",
    "homebrew",
    "hostedtoolcache",
    "http",
    "intel",
    "java",
    "jboss",
    "jdk",
    "jre",
    "kafka",
    "keycloak",
    "kibana",
    "lib",
    "logstash",
    "maven",
    "microsoft",
    "miniconda",
    "miniconda3",
    "miniforge3",
    "model",
    "models",
    "mssql-tools",
    "nginx",
    "node",
    "nodejs",
    "npm",
    "nvidia",
    "ollama",
    "oneapi",
    "openjdk",
    "oracle",
    "pip",
    "pipx",
    "poetry",
    "prometheus",
    "python",
    "python3",
    "rh",
    "rocm",
    "rust",
    "server",
    "service",
    "solr",
    "sonarqube",
    "spark",
    "src",
    "start.sh",
    "tomcat",
    "tools",
    "uv",
    "venv",
    "virtualenv",
    "web",
    "work",
    "www",
    "zookeeper",
];

/// The parts of a text that are such directories. `text` may go on behind the word that begins at its start.
pub(super) fn unix(word: &str) -> Option<Range<usize>> {
    let (place, at) =
        PLACES.iter().filter_map(|place| Some((*place, word.find(place)?))).min_by_key(|found| found.1)?;
    // Inside another directory it does not stand alone: `/usr/share/opt/`. Behind a host or a port, it is.
    let before = word[..at].rsplit([':', '@', '=', '>']).next().unwrap_or_default();
    if before.contains('/') && !word[..at].contains("//") {
        return None;
    }
    let end = word.trim_end_matches(['.', ':', '/', ',', '\\']).len();
    let first = word.get(at + place.len()..end)?.split(['/', ':']).next().unwrap_or_default();
    let is_nobodys = match place {
        "/home/" => known::is_role(first) && !is_machine_account(first),
        "/opt/" | "/srv/" | "/workspace/" | "/go/src/" => is_software(first),
        "/root/" => first.starts_with('.') || is_software(first),
        "/var/lib/jenkins/" | "/var/jenkins_home/" => first != "workspace" && first != "jobs",
        _ => false,
    };
    let is_variable = first.is_empty() || first.starts_with(['$', '*', '{', '%']);
    (!is_nobodys && !is_variable).then_some(at..end)
}

/// Accounts of build machines: what lies in their home is of the machine.
fn is_machine_account(user: &str) -> bool {
    matches!(
        user,
        "runner" | "jenkins" | "ubuntu" | "admin" | "build" | "builder" | "deploy" | "git" | "vscode"
    )
}

fn is_software(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // `jdk-17.0.2`, `yarn-v1.22.19`: a name and a version.
    let stem = name
        .trim_end_matches(|char: char| char.is_ascii_digit() || ".-_".contains(char))
        .trim_end_matches("-v");
    let first = name.split(['-', '_']).next().unwrap_or_default();
    SOFTWARE.contains(&name.as_str())
        || SOFTWARE.contains(&stem)
        || SOFTWARE.contains(&first)
        || stem == "yarn"
}

/// Where a path of Windows or a share begins in a word: `C:\Users\…`, `\\server\share`. A share gives its server, too.
pub(super) fn windows(word: &str) -> Option<(usize, Option<Range<usize>>)> {
    if let Some(colon) = word.find(":\\")
        && let Some(letter) = colon.checked_sub(1)
        && word.as_bytes()[letter].is_ascii_alphabetic()
    {
        let is_system =
            |place: &str| word[colon + 1..].trim_start_matches('\\').to_ascii_lowercase().starts_with(place);
        let is_nobodys = ["windows", "program files", "programdata\\chocolatey"].into_iter().any(is_system);
        return (!is_nobodys).then_some((letter, None));
    }
    let at = word.find("\\\\")?;
    let server = at + word[at..].len() - word[at..].trim_start_matches('\\').len();
    let length = word[server..].find('\\')?;
    let name = &word[server..server + length];
    super::hosts::is_host(name).then_some((at, Some(server..server + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_of_people_and_projects_are_told_from_those_of_images() {
        for path in [
            "/home/alice/x",
            "/srv/acme/shop",
            "/root/acme-key",
            "/opt/acme/bin/run",
            "/builds/group/project",
            "/home/runner/work/a/a",
            "/var/lib/jenkins/workspace/acme",
            "/Users/alice",
            "/mnt/nas1/x",
        ] {
            assert_eq!(unix(path), Some(0..path.len()), "{path}");
        }
        for path in [
            "/home/app/x",
            "/root/.cache/pip",
            "/opt/venv/bin",
            "/srv/app",
            "/usr/share/opt/x",
            "/opt/jdk-17.0.2/bin",
            "/home/",
            "/opt/conda",
        ] {
            assert_eq!(unix(path), None, "{path}");
        }
        assert_eq!(unix("file:///home/alice"), Some(7..18));
        assert_eq!(windows("C:\\Users\\Alice\\x"), Some((0, None)));
        assert_eq!(windows("\\\\nas1\\share\\x"), Some((0, Some(2..6))));
        assert_eq!(windows("C:\\Windows\\System32"), None);
    }
}
