//! No reader does more than twice the work for twice the input.
//!
//! Work is counted, never timed: the allocations, their bytes, and the most bytes held at once. A reader that searches
//! what it has read so far without allocating is not seen by this; `fuzz/examples/grow.rs` finds those.
//!
//! Every cataloger and every format of memory files has to have a row.
#![expect(clippy::unwrap_used, reason = "a test fails if it cannot")]

use allocation_counter::AllocationInfo;
use plimsoll_collect::memory::{RuntimeBuilder, Surroundings, read};
use plimsoll_collect::{
    ArchiveIndex, ImageSelection, catalogers, plan, read_dockerfile, read_dockerignore, read_layer,
    read_stream,
};
use plimsoll_snapshot::ReadLimits;

/// Makes an input of about this many parts.
type Make = fn(usize) -> Vec<u8>;

/// Parts of the smaller input.
const PARTS: usize = 2000;

/// What a cataloger reads: the path of a file, and the file.
const CATALOGERS: &[(&str, &str, Make)] = &[
    ("dpkg", "var/lib/dpkg/status", |n| {
        lines(n, |i| {
            format!("Package: p{i}\nStatus: install ok installed\nVersion: 1\nDepends: p{}, q\n\n", i / 2)
        })
    }),
    ("dpkg", "var/lib/dpkg/info/p.list", |n| lines(n, |i| format!("/usr/share/p/{i}\n"))),
    ("dpkg", "var/lib/apt/extended_states", |n| {
        lines(n, |i| format!("Package: p{i}\nAuto-Installed: 1\n\n"))
    }),
    ("dpkg", "var/lib/dpkg/info/p.md5sums", |n| lines(n, |i| format!("{i:032x}  usr/share/p/{i}\n"))),
    ("dpkg", "var/lib/dpkg/diversions", |n| lines(n, |i| format!("/bin/{i}\n/bin/{i}.distrib\np{i}\n"))),
    ("dpkg", "usr/lib/opkg/status", |n| lines(n, |i| format!("Package: p{i}\nVersion: 1\n\n"))),
    ("chisel", "var/lib/chisel/manifest.wall", |n| {
        let line = |i| {
            format!(
                "{{\"kind\":\"package\",\"name\":\"p{i}\"}}\n{{\"kind\":\"path\",\"path\":\"/a/{i}\",\"slices\":[\"p{i}_x\"]}}\n"
            )
        };
        zstd::encode_all(&lines(n, line)[..], 1).unwrap()
    }),
    ("pacman", "var/lib/pacman/local/a-1/files", |n| {
        text([&b"%FILES%\n"[..], &lines(n, |i| format!("usr/share/a/{i}\n")), b""])
    }),
    ("portage", "var/db/pkg/a/b-1/CONTENTS", |n| lines(n, |i| format!("obj /usr/share/{i} 0 1\n"))),
    ("homebrew", "opt/Cellar/a/1/INSTALL_RECEIPT.json", |n| {
        let needs = lines(n, |i| format!("{{\"full_name\":\"b{i}\"}},"));
        text([&b"{\"runtime_dependencies\":["[..], &needs, b"{\"full_name\":\"x\"}]}"])
    }),
    ("snap", "snap/a/meta/snap.yaml", |n| {
        text([&b"name: a\n"[..], &lines(n, |i| format!("key{i}: value\n"))])
    }),
    ("bitnami", "opt/bitnami/a/.spdx-a.spdx", |n| {
        let packages = lines(n, |i| format!("{{\"name\":\"p{i}\",\"versionInfo\":\"1\"}},"));
        text([&b"{\"packages\":["[..], &packages, b"{\"name\":\"a\"}]}"])
    }),
    ("dotnet", "app/a.deps.json", |n| {
        let targets = lines(n, |i| format!("\"p{i}/1\":{{\"runtime\":{{\"lib/p{i}.dll\":{{}}}}}},"));
        let libraries = lines(n, |i| format!("\"p{i}/1\":{{\"type\":\"package\"}},"));
        text([
            &b"{\"targets\":{\"t\":{"[..],
            &targets,
            b"\"x/1\":{}}},\"libraries\":{",
            &libraries,
            b"\"x/1\":{}}}",
        ])
    }),
    ("composer", "app/vendor/composer/installed.json", |n| {
        let packages = lines(n, |i| format!("{{\"name\":\"a/p{i}\",\"require\":{{\"a/b\":\"1\"}}}},"));
        text([&b"{\"packages\":["[..], &packages, b"{\"name\":\"a/a\"}]}"])
    }),
    ("pecl", "usr/local/lib/php/.registry/a.reg", |n| {
        let files = lines(n, |i| format!("s:12:\"installed_as\";s:9:\"/a/{i:06}\";"));
        text([&b"s:4:\"name\";s:1:\"a\";"[..], &files])
    }),
    ("r", "usr/lib/R/library/a/DESCRIPTION", |n| {
        text([&b"Package: a\nBuilt: R\nImports: x"[..], &lines(n, |i| format!(",\n    b{i}"))])
    }),
    ("perl", "usr/lib/perl5/auto/A/.packlist", |n| lines(n, |i| format!("/usr/lib/perl5/A/{i}.pm\n"))),
    ("lua", "usr/lib/luarocks/rocks-5.1/a/1/rock_manifest", |n| {
        text([&b"rock_manifest = { lua = {"[..], &lines(n, |i| format!("[\"{i}.lua\"] = \"0\",")), b"} }"])
    }),
    ("lua", "usr/lib/luarocks/rocks-5.1/a/1/a-1.rockspec", |n| {
        let needs = lines(n, |i| format!("\"b{i} >= 1\","));
        text([&b"package = \"a\"\ndependencies = {"[..], &needs, b"}"])
    }),
    ("otp", "usr/lib/a/ebin/a.app", |n| {
        let needs = lines(n, |i| format!("b{i},"));
        text([&b"{application,a,[{applications,["[..], &needs, b"kernel]}]}."])
    }),
    ("julia", "depot/packages/A/x/Project.toml", |n| {
        text([&b"name = \"A\"\n[deps]\n"[..], &lines(n, |i| format!("B{i} = \"0\"\n"))])
    }),
    ("dart", "root/.pub-cache/hosted/h/a-1/pubspec.yaml", |n| {
        text([&b"name: a\n"[..], &lines(n, |i| format!("key{i}: value\n"))])
    }),
    ("conan", "app/conaninfo.txt", |n| {
        text([&b"[full_requires]\n"[..], &lines(n, |i| format!("    b{i}/1.0:0\n"))])
    }),
    ("haskell", "usr/lib/ghc/package.conf.d/a-1.conf", |n| {
        text([&b"name: a\n"[..], &lines(n, |i| format!("key{i}: value\n"))])
    }),
    ("ocaml", "root/.opam/5/.opam-switch/packages/a.1/opam", |n| lines(n, |i| format!("key{i}: \"x\"\n"))),
    ("prolog", "usr/lib/pack/a/pack.pl", |n| {
        text([&b"name(a).\n"[..], &lines(n, |i| format!("key{i}(x).\n"))])
    }),
    ("wordpress", "srv/wp-content/plugins/a/a.php", |n| {
        text([&b"<?php\n/* Plugin Name: A\n"[..], &lines(n, |i| format!("line {i}\n"))])
    }),
    ("terraform", "p/registry.terraform.io/a/b/1/linux_amd64/terraform-provider-b", |n| {
        lines(n, |i| i.to_string())
    }),
    ("kernel", "lib/modules/a.ko", |n| {
        text([&b"\x7fELF"[..], &lines(n, |i| format!("\0version={i}\0license=x{i}\0"))])
    }),
    ("assemblies", "usr/lib/a.dll", |n| text([&b"MZ"[..], &lines(n, |i| format!("section {i} of many\n"))])),
    ("programs", "usr/bin/node", |n| lines(n, |i| format!("text {i} node.js/v \0node v"))),
    ("runtimes", "opt/java/release", |n| {
        text([&b"JAVA_VERSION=\"1\"\n"[..], &lines(n, |i| format!("KEY{i}=x\n"))])
    }),
    ("apk", "lib/apk/db/installed", |n| {
        lines(n, |i| format!("P:p{i}\nV:1\nD:so:x p{}\np:so:y{i}\nF:usr/lib\nR:f{i}\n\n", i / 2))
    }),
    ("rpm", "var/lib/rpmmanifest/container-manifest-1", |n| {
        lines(n, |i| format!("p{i}\t1-1\t0\t0\tv\t(none)\t10\tx86_64\t0\tp{i}-1.src.rpm\n"))
    }),
    ("conda", "opt/conda/conda-meta/a-1.json", |n| {
        let files = lines(n, |i| format!("\"lib/{i}\","));
        text([&b"{\"name\":\"a\",\"version\":\"1\",\"files\":["[..], &files, b"\"x\"]}"])
    }),
    ("python", "usr/lib/python3/site-packages/a-1.dist-info/METADATA", |n| {
        text([
            &b"Name: a\nVersion: 1\n"[..],
            &lines(n, |i| format!("Requires-Dist: b{i} (>=1); extra == 'x'\n")),
        ])
    }),
    ("python", "usr/lib/python3/site-packages/a-1.dist-info/RECORD", |n| {
        lines(n, |i| format!("a/{i}.py,,\n"))
    }),
    ("npm", "app/node_modules/a/package.json", |n| {
        let needs = lines(n, |i| format!("\"b{i}\":\"*\","));
        text([&b"{\"name\":\"a\",\"version\":\"1\",\"dependencies\":{"[..], &needs, b"\"x\":\"*\"}}"])
    }),
    ("gem", "usr/lib/ruby/gems/3.0.0/specifications/a-1.gemspec", |n| {
        let needs = lines(n, |i| format!("  s.add_dependency(%q<b{i}>.freeze, [\">= 0\"])\n"));
        text([
            &b"Gem::Specification.new do |s|\n  s.name = \"a\"\n  s.version = \"1\"\n"[..],
            &needs,
            b"end\n",
        ])
    }),
    ("yarn", "app/.yarn/cache/a-npm-1.0.0-0-0.zip", jar),
    ("java", "app/a.jar", jar),
    ("binaries", "usr/bin/a", |n| {
        text([&b"\x7fELF\x02\x01\x01"[..], &lines(n, |i| format!("section {i} of many\n"))])
    }),
    ("imports", "app/main.py", |n| lines(n, |i| format!("import a{i}.b\nfrom c{i} import d\n"))),
    ("imports", "app/main.js", |n| lines(n, |i| format!("import a from 'a{i}';\nrequire(\"b{i}\")\n"))),
    ("mentions", "app/settings.py", |n| lines(n, |i| format!("APPS = ['a{i}', {{'ENGINE': 'b{i}.c'}}]\n"))),
    ("mentions", "app/a.js", |n| lines(n, |i| format!("f({{plugins: ['a{i}', ['b{i}']]}});\n"))),
    ("mentions", "app/package.json", |n| {
        text([
            &b"{\"scripts\": {\"a\": \"b\""[..],
            &lines(n, |i| format!(",\n\"a{i}\": \"b{i} -r c{i}\"")),
            b"}}",
        ])
    }),
    ("mentions", "app/a.yaml", |n| lines(n, |i| format!("class{i}: a{i}.b\ncommand: c{i}\n"))),
    ("mentions", "app/a.sh", |n| lines(n, |i| format!("exec a{i} -k b{i}; c{i}\n"))),
    ("python", "usr/lib/python3/site-packages/a-1.dist-info/entry_points.txt", |n| {
        text([&b"[console_scripts]\n"[..], &lines(n, |i| format!("a{i} = b:c\n[g{i}]\n"))])
    }),
    ("manifests", "app/requirements.txt", |n| lines(n, |i| format!("a{i}==1.0; python_version > \"3\"\n"))),
    ("leads", "usr/bin/a.sh", |n| lines(n, |i| format!("exec /root/.cache/{i}/a\n"))),
    ("secrets", "app/.env", |n| lines(n, |i| format!("PASSWORD_{i}=hunter{i}\n"))),
];

/// Formats of memory files, by their modules.
const MEMORY: &[(&str, &str, Make)] = &[
    ("docker_stats", "stats.json", |n| {
        lines(n, |i| {
            format!(
                "{{\"BlockIO\":\"0B / 0B\",\"CPUPerc\":\"1%\",\"Container\":\"{i:012x}\",\"ID\":\"{i:012x}\",\"MemPerc\":\"1%\",\
                 \"MemUsage\":\"1MiB / 2MiB\",\"Name\":\"c{i}\",\"NetIO\":\"0B / 0B\",\"PIDs\":\"1\"}}\n"
            )
        })
    }),
    ("table", "stats.txt", |n| {
        let head = "CONTAINER ID   NAME   CPU %   MEM USAGE / LIMIT   MEM %   NET I/O   BLOCK I/O   PIDS\n";
        let row = |i| format!("{i:012x}   c{i:06}   1.00%   1MiB / 2MiB   1.00%   0B / 0B   0B / 0B   1\n");
        text([head.as_bytes(), &lines(n, row)])
    }),
    ("podman_stats", "stats.json", |n| {
        let one = |i| {
            format!(
                "{{\"id\":\"{i:012x}\",\"name\":\"c{i}\",\"mem_usage\":\"1MB / 2MB\",\"mem_percent\":\"1%\"}},"
            )
        };
        text([
            &b"["[..],
            &lines(n, one),
            b"{\"id\":\"x\",\"name\":\"c\",\"mem_usage\":\"1MB / 2MB\",\"mem_percent\":\"1%\"}]",
        ])
    }),
    ("engine_stats", "stats.json", |n| {
        lines(n, |i| {
            format!(
                "{{\"read\":\"2026-11-22T16:{:02}:{:02}Z\",\"id\":\"a\",\"name\":\"/c\",\"memory_stats\":{{\"usage\":{i}}}}}\n",
                i / 60 % 60,
                i % 60
            )
        })
    }),
    ("container", "inspect.json", |n| {
        let one = |i| {
            format!(
                "{{\"Id\":\"{i:064x}\",\"Name\":\"/c{i}\",\"HostConfig\":{{}},\"State\":{{}},\"Config\":{{}}}},"
            )
        };
        text([
            &b"["[..],
            &lines(n, one),
            b"{\"Id\":\"x\",\"Name\":\"/x\",\"HostConfig\":{},\"State\":{},\"Config\":{}}]",
        ])
    }),
    ("events", "events.json", |n| {
        lines(n, |i| {
            format!(
                "{{\"Type\":\"container\",\"Action\":\"die\",\"timeNano\":{},\"Actor\":{{\"ID\":\"a\",\"Attributes\":{{\"exitCode\":\"1\"}}}}}}\n",
                1_795_365_530_000_000_000_u64 + i as u64
            )
        })
    }),
    ("crictl", "stats.json", |n| {
        let one = |i: usize| {
            format!(
                "{{\"attributes\":{{\"id\":\"{i:064x}\",\"metadata\":{{\"name\":\"c{i}\"}}}},\"memory\":{{\"timestamp\":\
                 \"1795365531000000000\",\"workingSetBytes\":{{\"value\":\"1\"}}}}}}"
            )
        };
        let list: Vec<String> = (0..n).map(one).collect();
        format!("{{\"stats\":[{}]}}", list.join(",")).into_bytes()
    }),
    ("ctr", "ctr.txt", |n| {
        lines(n, |i| {
            format!(
                "ID TIMESTAMP\nweb 2026-11-22 16:{:02}:{:02}.1 +0000 UTC\n\nMETRIC VALUE\nmemory.usage {i}\n",
                i / 60 % 60,
                i % 60
            )
        })
    }),
    ("headless", "rows.txt", |n| lines(n, |i| format!("web{i}: 12.5MiB / 1GiB\n"))),
    ("compose", "compose.yml", |n| {
        text([&b"services:\n"[..], &lines(n / 4, |i| format!("  s{i}:\n    image: a\n    mem_limit: 10m\n"))])
    }),
    ("cgroup", "cgroup.txt", |n| {
        lines(n, |i| {
            format!("/sys/fs/cgroup/a{i}/memory.current:1\n/sys/fs/cgroup/a{i}/memory.stat:anon 1\n")
        })
    }),
    ("kubectl_top", "top.txt", |n| {
        text([
            &b"POD NAME CPU(cores) MEMORY(bytes)\n"[..],
            &lines(n, |i| format!("web-{i} app{i} 1m 10Mi\n")),
        ])
    }),
    ("kubernetes", "pods.yml", |n| {
        lines(n / 4, |i| {
            format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: p{i}}}\nspec:\n  containers:\n  - name: a\n    image: b\n    \
                 resources: {{limits: {{memory: 1Gi}}}}\n---\n"
            )
        })
    }),
    ("prometheus", "range.json", |n| {
        let head = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\
                    \"container_memory_working_set_bytes\",\"container\":\"a\",\"pod\":\"p\"},\"values\":[";
        text([
            head.as_bytes(),
            &lines(n, |i| format!("[{},\"5\"],", 1_700_000_000 + i)),
            b"[1800000000,\"5\"]]}]}}",
        ])
    }),
    ("strace", "a.strace", |n| {
        lines(n, |i| {
            format!("{} openat(AT_FDCWD, \"/usr/lib/a{i}.py\", O_RDONLY|O_DIRECTORY) = 3\n", 7 + i % 5)
        })
    }),
    ("import_time", "a.log", |n| lines(n, |i| format!("import time: {i} | {i} | a.b{i}\n"))),
    ("proc_maps", "a.smaps", |n| {
        let mapping = |i| {
            format!(
                "{:x}-{:x} r-xp 00000000 fe:00 12 /usr/lib/a{i}.so\nRss: 4 kB\nPss: 2 kB\n",
                4096 * (i + 1),
                4096 * (i + 2)
            )
        };
        lines(n, mapping)
    }),
    ("docker_diff", "a.diff", |n| lines(n, |i| format!("C /etc/a{i}\n"))),
    ("postgres", "a.settings", |n| {
        text([&b"name|setting\n"[..], &lines(n, |i| format!("work_mem|{i}kB\n"))])
    }),
    ("journal", "a.journal", |n| {
        let frame = |i| {
            format!(
                "{{\"journal\":\"frame\",\"time\":{},\"samples\":[{{\"who\":{{\"id\":\"a\"}},\"values\":{{\"working_set\":5}}}}]}}\n",
                1000 + i
            )
        };
        text([&b"{\"journal\":\"watching\",\"from\":900}\n"[..], &lines(n, frame)])
    }),
];

fn lines(count: usize, line: impl Fn(usize) -> String) -> Vec<u8> {
    (0..count).map(line).collect::<String>().into_bytes()
}

fn text<const N: usize>(parts: [&[u8]; N]) -> Vec<u8> {
    parts.concat()
}

/// An archive of stored entries with names that mean something.
fn jar(count: usize) -> Vec<u8> {
    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    for index in 0..count {
        let name = format!("META-INF/maven/g/a{index}/pom.properties");
        let (mut entry, config) = archive.new_file(&name).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        std::io::Write::write_all(
            &mut writer,
            format!("groupId=g\nartifactId=a{index}\nversion=1\n").as_bytes(),
        )
        .unwrap();
        let (_, output) = writer.finish().unwrap();
        entry.finish(output).unwrap();
    }
    archive.finish().unwrap()
}

/// A tar of such files.
fn tar<'a>(files: impl IntoIterator<Item = (String, &'a [u8])>) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o755);
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, path, content).unwrap();
    }
    tar.into_inner().unwrap()
}

/// Asserts that twice as much input takes at most 2.5 times the work: quadratic work takes four times.
///
/// Tables grow in steps, and a hash table from which keys were removed grows earlier or later, by its random seed.
fn check<T>(name: &str, input: impl Fn(usize) -> T, read: impl Fn(&T)) {
    let work = |parts: usize| -> AllocationInfo {
        let input = input(parts);
        allocation_counter::measure(|| read(&input))
    };
    // What is made once in a program is made before.
    work(10);
    let (once, twice) = (work(PARTS), work(2 * PARTS));
    let measures = [
        ("allocations", once.count_total, twice.count_total),
        ("bytes allocated", once.bytes_total, twice.bytes_total),
        ("bytes held", once.bytes_max, twice.bytes_max),
    ];
    for (what, once, twice) in measures {
        let most = once * 25 / 10 + 4096;
        assert!(twice <= most, "{name}: {what} grew from {once} to {twice}, more than {most}");
    }
}

#[test]
fn catalogers_take_twice_the_work_for_twice_the_input() {
    for (id, path, make) in CATALOGERS {
        let layer = |parts| tar([((*path).to_owned(), &make(parts)[..])]);
        check(&format!("{id}, {path}"), layer, |tar: &Vec<u8>| {
            read_layer("layer", &tar[..], &ReadLimits::default()).unwrap();
        });
    }
}

#[test]
fn every_cataloger_has_a_row() {
    for id in catalogers() {
        assert!(CATALOGERS.iter().any(|row| row.0 == id), "{id} has no row");
    }
}

#[test]
fn formats_of_memory() {
    for (module, file, make) in MEMORY {
        check(module, make, |bytes: &Vec<u8>| {
            let input = read(file, bytes, &Surroundings::NONE);
            let mut builder = RuntimeBuilder::new();
            builder.add(input.unwrap_or_else(|error| panic!("{module}: {error}")));
            let runtime = builder.finish();
            let is_read = runtime.warnings.is_empty()
                && runtime.containers.len()
                    + runtime.planned.len()
                    + runtime.recordings.len()
                    + runtime.events.len()
                    + runtime.observed.len()
                    + runtime.settings.len()
                    > 0;
            assert!(is_read, "{module}: {:?}", runtime.warnings);
        });
    }
}

#[test]
fn every_format_of_memory_has_a_row() {
    let lines = include_str!("../src/memory/formats/mod.rs").lines();
    let modules = lines.filter_map(|line| line.strip_suffix(';')?.split_once("mod "));
    for (_, module) in modules.filter(|(before, _)| matches!(*before, "" | "pub(super) ")) {
        assert!(MEMORY.iter().any(|row| row.0 == module), "{module} has no row");
    }
}

#[test]
fn layers_and_archives() {
    let files = |parts| tar((0..parts).map(|part| (format!("usr/lib/{}/{part}", part / 50), &b"x"[..])));
    check("a layer", files, |tar| drop(read_layer("layer", &tar[..], &ReadLimits::default()).unwrap()));
    check("an archive by its index", files, |tar| {
        ArchiveIndex::read("archive", std::io::Cursor::new(&tar[..]), &ReadLimits::default()).unwrap();
    });
    check("a stream", files, |tar| drop(read_stream("archive", &tar[..], &ReadLimits::default()).unwrap()));
    check(
        "a layer of links",
        |parts| {
            let mut tar = tar::Builder::new(Vec::new());
            for part in 0..parts {
                let mut header = tar::Header::new_gnu();
                header.set_entry_type(tar::EntryType::Link);
                header.set_size(0);
                tar.append_link(&mut header, format!("l{}", part + 1), format!("l{part}")).unwrap();
            }
            tar.into_inner().unwrap()
        },
        |tar| drop(read_layer("layer", &tar[..], &ReadLimits::default()).unwrap()),
    );
    check("a layer of metadata that are links", linked_metadata, |tar| {
        drop(read_layer("layer", &tar[..], &ReadLimits::default()).unwrap());
    });
}

/// Metadata in a store, half of it behind the links to it.
fn linked_metadata(parts: usize) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for part in 0..parts {
        let (link, store) = (format!("app/node_modules/p{part}/package.json"), format!("store/{part}"));
        let content = format!("{{\"name\": \"p{part}\", \"version\": \"1\"}}");
        let mut linked = tar::Header::new_gnu();
        linked.set_entry_type(tar::EntryType::Link);
        linked.set_size(0);
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        if part % 2 == 0 {
            tar.append_link(&mut linked, &link, &store).unwrap();
        }
        tar.append_data(&mut header, &store, content.as_bytes()).unwrap();
        if part % 2 == 1 {
            tar.append_link(&mut linked, &link, &store).unwrap();
        }
    }
    tar.into_inner().unwrap()
}

#[test]
fn documents() {
    let image = |parts: usize| {
        let steps = lines(parts, |i| format!("{{\"created_by\":\"RUN a b{i}\",\"empty_layer\":true}},"));
        let config = text([
            &b"{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"history\":["[..],
            &steps,
            b"{\"created_by\":\"x\",\"empty_layer\":true}]}",
        ]);
        let manifest = b"[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[]}]";
        tar([("c.json".to_owned(), &config[..]), ("manifest.json".to_owned(), &manifest[..])])
    };
    check("a history", image, |archive: &Vec<u8>| {
        let images = read_stream("archive", &archive[..], &ReadLimits::default()).unwrap();
        plan(&images, None, &ImageSelection::default(), &ReadLimits::default()).unwrap();
    });
}

#[test]
fn files_of_builds() {
    check(
        "a Dockerfile",
        |n| String::from_utf8(text([b"FROM a\n", &lines(n, |i| format!("RUN b{i}\n"))])).unwrap(),
        |text| {
            drop(read_dockerfile("Dockerfile", text));
        },
    );
    check(
        "a .dockerignore",
        |n| String::from_utf8(lines(n, |i| format!("a/**/b{i}\n"))).unwrap(),
        |text| {
            drop(read_dockerignore(text));
        },
    );
}
