//! The reasons that the analysis gives in English, in other languages.
//!
//! A phrase is a pattern with `{}` where figures and names stand. What no pattern fits stays English: a reason that is
//! not translated is still a reason.

use crate::language::Language;

/// How deep a phrase within a phrase is looked at.
const DEPTH: usize = 5;

/// A sentence of the analysis in a language.
pub(in crate::language) fn translated(language: Language, text: &str) -> String {
    match language {
        Language::English => text.to_owned(),
        Language::Spanish => spanish(text, DEPTH),
    }
}

fn spanish(text: &str, depth: usize) -> String {
    let fitting =
        SPANISH.iter().filter_map(|(pattern, words)| Some((pattern, words, matched(pattern, text)?)));
    // Of several the one that says most itself.
    let best = fitting.max_by_key(|(pattern, ..)| pattern.len());
    let Some((_, words, parts)) = best else {
        // Several reasons in a row, each for itself.
        if depth > 0 && text.contains(", ") {
            let parts: Vec<String> = text.split(", ").map(|part| spanish(part, depth - 1)).collect();
            return parts.join(", ");
        }
        let is_figure = text.starts_with(|c: char| c.is_ascii_digit());
        return if is_figure { Language::Spanish.decimal(text.to_owned()) } else { text.to_owned() };
    };
    let mut out = String::with_capacity(text.len() + 16);
    let mut pieces = words.split("{}");
    out.push_str(pieces.next().unwrap_or_default());
    for (part, piece) in parts.iter().zip(pieces) {
        if depth > 0 {
            out.push_str(&spanish(part, depth - 1));
        } else {
            out.push_str(part);
        }
        out.push_str(piece);
    }
    out
}

/// What stands where a pattern has `{}`; none if it does not fit. Each takes as little as it can, the last one the rest.
fn matched<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let pieces: Vec<&str> = pieces.collect();
    let mut parts = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.iter().enumerate() {
        let is_last = index + 1 == pieces.len();
        let at = match (is_last, piece.is_empty()) {
            (true, _) => rest.strip_suffix(piece)?.len(),
            (false, true) => return None,
            (false, false) => rest.find(piece)?,
        };
        if at == 0 {
            return None;
        }
        let (part, behind) = rest.split_at(at);
        parts.push(part);
        rest = &behind[piece.len()..];
    }
    rest.is_empty().then_some(parts)
}

const SPANISH: &[(&str, &str)] = &[
    // Limits that are suggested.
    ("nothing was recorded of it", "no se grabó nada de él"),
    ("nothing was recorded", "no se grabó nada"),
    (
        "a recording has no times, so it cannot be cut into windows",
        "una grabación no tiene tiempos, así que no se puede cortar en ventanas",
    ),
    ("{} of 60 s recorded, {} are the least", "grabadas {} de 60 s; lo mínimo son {}"),
    (
        "its start was not recorded, which may be where it needs most",
        "no se grabó su arranque, que puede ser donde más necesita",
    ),
    (
        "no load is named, so this may be an idle service",
        "no se nombra ninguna carga: puede ser un servicio ocioso",
    ),
    (
        "podman 4.9 to 5.5 counts the memory of processes alone, which is less than what the limit counts",
        "podman 4.9 a 5.5 cuenta solo la memoria de los procesos, menos de lo que cuenta el límite",
    ),
    ("possible leak, not sized: {}", "posible fuga, sin dimensionar: {}"),
    (
        "the largest of {} of 60 s is {}, and {} % are added: they are worth {} independent ones, {}",
        "la mayor de {} de 60 s es {}, y se suma el {} %: valen por {} independientes, {}",
    ),
    (
        "so their maximum covers the 99th percentile with 95 % confidence",
        "así que su máximo cubre el percentil 99 con 95 % de confianza",
    ),
    (
        "so their maximum covers the 95th percentile with 95 % confidence",
        "así que su máximo cubre el percentil 95 con 95 % de confianza",
    ),
    (
        "fewer than the 59 that would cover the 95th percentile: low confidence",
        "menos de las 59 que cubrirían el percentil 95: confianza baja",
    ),
    (
        "it reached {} of its limit of {}, so it may have wanted more: at least this much",
        "llegó a {} de su límite de {}, así que pudo querer más: al menos esto",
    ),
    (
        "{}: at least {} more than the {} it was killed at, or a fifth (the rule of Kubernetes' VPA)",
        "{}: al menos {} más que los {} con los que murió, o un quinto (la regla del VPA de Kubernetes)",
    ),
    (
        "but it takes more at the end than at the beginning: low confidence",
        "pero al final usa más que al principio: confianza baja",
    ),
    (
        "possible leak, which a larger limit only delays: {}",
        "posible fuga, que un límite mayor solo retrasa: {}",
    ),
    (
        "it crashes: {} with an error that no stop explains, its longest life recorded is {}",
        "falla una y otra vez: {} con un error que ninguna parada explica; la vida más larga grabada es de {}",
    ),
    (
        "it crashes: {} with an error that no stop explains",
        "falla una y otra vez: {} con un error que ninguna parada explica",
    ),
    (
        "it crashes: it is restarting, its longest life recorded is {}",
        "falla una y otra vez: se está reiniciando; la vida más larga grabada es de {}",
    ),
    ("it crashes: it is restarting", "falla una y otra vez: se está reiniciando"),
    (
        "it is started again and again: {} lives of less than a minute, its longest life recorded is {}",
        "se arranca una y otra vez: {} vidas de menos de un minuto; la más larga grabada es de {}",
    ),
    // Trends.
    (
        "it steps from {} to {} after {} and stays there, over {}",
        "salta de {} a {} a los {} y ahí se queda, en {}",
    ),
    (
        "it begins at {} and ends at {} over {}, and may go on rising",
        "empieza en {} y acaba en {} en {}, y puede seguir subiendo",
    ),
    (
        "it rises slowly, by {} over {}: a longer recording shows whether it leaks",
        "sube despacio, {} en {}: una grabación más larga muestra si hay una fuga",
    ),
    ("fewer than {} samples with times", "menos de {} muestras con tiempos"),
    (
        "it rises by {} over {} ({}); if the load did not grow, it leaks",
        "sube {} en {} ({}); si la carga no creció, hay una fuga",
    ),
    ("no rise beyond chance over {} ({})", "sin subida más allá del azar en {} ({})"),
    ("it falls by {} over {}", "baja {} en {}"),
    ("{}, {} windows of 60 s", "{}, {} ventanas de 60 s"),
    ("{}, {} samples", "{}, {} muestras"),
    // Kills.
    ("the kernel counted {} (`oom_kill`)", "el kernel contó {} (`oom_kill`)"),
    ("the engine reported {} (`oom`)", "el motor avisó de {} (`oom`)"),
    ("the engine's flag `OOMKilled` is set", "la marca `OOMKilled` del motor está puesta"),
    (
        "{} `oom`, but `oom_kill_disable` is set: its processes waited for memory",
        "{} `oom`, pero `oom_kill_disable` está puesto: sus procesos esperaron memoria",
    ),
    ("events were heard throughout a recording", "se oyeron los eventos durante toda una grabación"),
    ("{} with exit code 137 and without a stop", "{} con código 137 y sin parada"),
    ("{} with exit code 137 that no stop explains", "{} con código 137 que ninguna parada explica"),
    ("the kernel's counter `oom_kill` stayed at 0", "el contador `oom_kill` del kernel se quedó en 0"),
    (
        "events were heard throughout a recording, with no `oom` among them",
        "se oyeron los eventos durante toda una grabación, sin ningún `oom`",
    ),
    (
        "only the flag `OOMKilled: false` is known, which engines clear at each start",
        "solo se conoce la marca `OOMKilled: false`, que los motores borran en cada arranque",
    ),
    ("nothing that was read says anything of kills", "nada de lo leído dice algo de muertes por memoria"),
    (
        "but no load is named, so it may have idled",
        "pero no se nombra ninguna carga, así que pudo estar ocioso",
    ),
    // Logs.
    ("nobody looked which log driver it has", "nadie miró qué controlador de registro tiene"),
    (
        "the default of the engine holds, which nothing names",
        "vale el predeterminado del motor, que nada nombra",
    ),
    ("`{}` without `max-size` never ends", "`{}` sin `max-size` no acaba nunca"),
    ("one file of `max-size`", "un archivo de `max-size`"),
    ("{} files of `max-size`", "{} archivos de `max-size`"),
    (
        "`local` bounds its files itself: 5 of 20 MB by default",
        "`local` acota sus archivos: 5 de 20 MB por omisión",
    ),
    ("the journal of the host bounds it", "lo acota el journal del host"),
    ("no log is kept", "no se guarda ningún registro"),
    ("`max-size` says that there is no bound", "`max-size` dice que no hay cota"),
    ("`{}` sends it elsewhere", "`{}` lo manda a otra parte"),
    ("driver `{}`", "controlador `{}`"),
    // Comparisons.
    ("{} and {} runs: a verdict takes {} a side", "{} y {} grabaciones: un veredicto necesita {} por lado"),
    (
        "it was restarted before, which begins its memory anew",
        "se reinició antes, y su memoria empieza de nuevo",
    ),
    (
        "it was restarted after, which begins its memory anew",
        "se reinició después, y su memoria empieza de nuevo",
    ),
    (
        "peaks shifted by {} (Mann-Whitney, exact: p = {}), but the runs do not alternate: the machine may have drifted",
        "los picos cambiaron {} (Mann-Whitney exacto: p = {}), pero las grabaciones no se alternan: la máquina pudo cambiar",
    ),
    (
        "peaks shifted by {} (Mann-Whitney, exact: p = {})",
        "los picos cambiaron {} (Mann-Whitney exacto: p = {})",
    ),
    ("memory of the host: {}", "memoria del host: {}"),
    ("what the working set is: {}", "qué es el conjunto de trabajo: {}"),
    ("duration: {}", "duración: {}"),
    ("load: {}", "carga: {}"),
    ("bytes received: {}", "bytes recibidos: {}"),
    ("memory of the host", "memoria del host"),
    ("kernel", "kernel"),
    ("cgroup version", "versión de cgroup"),
    ("what the working set is", "qué es el conjunto de trabajo"),
    ("load", "carga"),
    ("duration", "duración"),
    ("bytes received", "bytes recibidos"),
    ("not known {}", "desconocido {}"),
    ("unknown {}", "desconocido {}"),
    ("on either side", "en ningún lado"),
    // Targets: what is demanded.
    ("the image was built, and is the one that runs", "la imagen se construyó y es la que corre"),
    ("size of the image", "tamaño de la imagen"),
    ("size of the image, compressed", "tamaño de la imagen, comprimida"),
    ("the image is smaller than before", "la imagen es menor que antes"),
    ("the image has not grown", "la imagen no creció"),
    ("no layer has grown", "ninguna capa creció"),
    ("hidden bytes are few", "pocos bytes ocultos"),
    ("all images, shared layers once", "todas las imágenes, capas compartidas una vez"),
    ("all images, added up", "todas las imágenes, sumadas"),
    (
        "all images, shared layers once: smaller than before",
        "todas las imágenes, capas compartidas una vez: menores que antes",
    ),
    ("all images, added up: smaller than before", "todas las imágenes, sumadas: menores que antes"),
    ("all images together have not grown", "las imágenes en conjunto no crecieron"),
    ("`{}` is not in the image", "`{}` no está en la imagen"),
    ("its containers start and stay up", "sus contenedores arrancan y siguen en marcha"),
    ("its health check passes", "su comprobación de salud pasa"),
    (
        "all services are healthy soon after the first start",
        "todos los servicios están sanos poco después del primer arranque",
    ),
    ("it is healthy soon after its start", "está sano poco después de arrancar"),
    ("the limits of all services add up to no more", "los límites de todos los servicios no suman más"),
    ("the limits of RAM and swap add up to no more", "los límites de RAM y swap no suman más"),
    (
        "the reservations of all services add up to no more",
        "las reservas de todos los servicios no suman más",
    ),
    ("all limits together fit the host", "todos los límites juntos caben en el host"),
    ("it has a limit, the planned one, and keeps it", "tiene un límite, el planeado, y lo respeta"),
    ("it may not swap", "no puede usar swap"),
    ("its limit of swap is not known", "no se conoce su límite de swap"),
    ("its `oom_score_adj` is {}", "su `oom_score_adj` es {}"),
    ("the settings of PostgreSQL fit its limit", "los ajustes de PostgreSQL caben en su límite"),
    ("`{}` is {}", "`{}` es {}"),
    ("the build context is small", "el contexto de construcción es pequeño"),
    (
        "nobody measured its build context: see `plimsoll snapshot --context`",
        "nadie midió su contexto de construcción: vea `plimsoll snapshot --context`",
    ),
    ("{}; `.dockerignore` leaves out {}", "{}; `.dockerignore` deja fuera {}"),
    ("1 file", "1 archivo"),
    ("{} files", "{} archivos"),
    ("its command is not known", "no se conoce su comando"),
    ("its configuration file was not read", "no se leyó su archivo de configuración"),
    ("no limit of it is known", "no se conoce ningún límite de él"),
    ("nothing that was read shows that it is PostgreSQL", "nada de lo leído muestra que sea PostgreSQL"),
    ("{} at worst of {}", "{} en el peor caso, de {}"),
    ("its limit is {}", "su límite es {}"),
    ("its reservation is {}", "su reserva es {}"),
    ("nothing of it is killed for memory under load", "nada de él muere por memoria con carga"),
    ("all services together take less under load", "todos los servicios juntos usan menos con carga"),
    ("it takes less under load", "usa menos con carga"),
    ("its log can be read and is bounded", "su registro se puede leer y está acotado"),
    ("the log of a container is small", "el registro de un contenedor es pequeño"),
    ("the price of the server", "el precio del servidor"),
    ("the server is cheaper than before", "el servidor es más barato que antes"),
    // Targets: levels and margins.
    ("at most", "como máximo"),
    ("at least", "como mínimo"),
    ("below", "menos de"),
    ("at most {}", "como máximo {}"),
    ("at least {}", "como mínimo {}"),
    ("below {}", "menos de {}"),
    ("about {}", "unos {}"),
    ("missed by {}", "faltan {}"),
    ("to spare: {}", "sobran {}"),
    ("between {} and {}", "entre {} y {}"),
    ("unbounded", "sin cota"),
    // Targets: evidence.
    (
        "the snapshot holds nothing of what runs: see `plimsoll record` and `plimsoll snapshot --memory`",
        "el snapshot no tiene nada de lo que corre: vea `plimsoll record` y `plimsoll snapshot --memory`",
    ),
    ("nothing that was read of what runs names this service", "nada de lo leído nombra este servicio"),
    ("there is nothing to compare with", "no hay con qué comparar"),
    ("the snapshot holds no image of it", "el snapshot no tiene ninguna imagen de él"),
    ("the source does not store all layers compressed", "la fuente no guarda comprimidas todas las capas"),
    ("the packages of the image are not known", "no se conocen los paquetes de la imagen"),
    ("none of {} packages", "ninguno de {} paquetes"),
    ("image {} in the snapshot and in every container", "imagen {} en el snapshot y en cada contenedor"),
    (
        "the image is {}, but no container that was inspected names its own",
        "la imagen es {}, pero ningún contenedor inspeccionado nombra la suya",
    ),
    ("a container runs {}, the snapshot holds {}", "un contenedor corre {}, el snapshot tiene {}"),
    ("{} before, {} after", "{} antes, {} después"),
    ("before: {}", "antes: {}"),
    ("after: {}", "después: {}"),
    ("running, not restarted", "en marcha, sin reinicios"),
    ("restarted {}", "reiniciado {}"),
    ("it has ended, with exit code {}", "terminó, con código {}"),
    ("it is restarting", "se está reiniciando"),
    ("it is paused", "está en pausa"),
    ("it was created and never started", "se creó y nunca arrancó"),
    ("{} with an error that no stop explains", "{} con un error que ninguna parada explica"),
    ("no container of it was inspected", "no se inspeccionó ningún contenedor de él"),
    ("healthy whenever it was asked", "sano cada vez que se preguntó"),
    ("found unhealthy {}", "hallado no sano {}"),
    ("it is unhealthy", "no está sano"),
    ("its first probes were still to come", "sus primeras comprobaciones aún no habían llegado"),
    ("it has no health check", "no tiene comprobación de salud"),
    ("nothing that was read says", "nada de lo leído lo dice"),
    (
        "no start with a first healthy probe was seen",
        "no se vio ningún arranque con una primera comprobación sana",
    ),
    ("no healthy start was seen of {}", "no se vio ningún arranque sano de {}"),
    (
        "{}: no health check, so nothing tells when it is ready (the others: {})",
        "{}: sin comprobación de salud, así que nada dice cuándo está listo (los demás: {})",
    ),
    (
        "from the first start to the last first healthy probe",
        "del primer arranque a la última primera comprobación sana",
    ),
    ("set to {}, not {}", "puesto en {}, no en {}"),
    ("set to {}", "puesto en {}"),
    ("none is set", "no hay ninguno"),
    ("it is not known", "no se conoce"),
    ("its limit is not known", "no se conoce su límite"),
    ("it has no limit", "no tiene límite"),
    ("the limit is {}, but {} is planned", "el límite es {}, pero lo planeado es {}"),
    ("the limit is {}", "el límite es {}"),
    ("it was killed at it: {}", "murió al llegar a él: {}"),
    ("reached {}, without a kill", "alcanzado {}, sin muertes"),
    ("what it takes was not recorded", "no se grabó lo que usa"),
    ("it took {} at most", "usó como máximo {}"),
    ("it took {}", "usó {}"),
    ("RAM and swap together are limited to {}", "RAM y swap juntas están limitadas a {}"),
    ("RAM and swap together may reach {}", "RAM y swap juntas pueden llegar a {}"),
    ("swap is not limited", "el swap no está limitado"),
    ("no limit: {}", "sin límite: {}"),
    ("the limit is not known of {}", "no se conoce el límite de {}"),
    ("no reservation is known of {}", "no se conoce ninguna reserva de {}"),
    ("a host of unknown memory", "un host de memoria desconocida"),
    (
        "no load is named, and an idle stack says nothing of a loaded one",
        "no se nombra ninguna carga, y un stack ocioso no dice nada de uno cargado",
    ),
    ("{}: median {}, p95 {}, most {} of {}", "{}: mediana {}, p95 {}, máximo {} de {}"),
    ("idle or unlabelled", "ocioso o sin etiqueta"),
    ("the sum at one instant under load", "la suma en un instante con carga"),
    ("under load", "con carga"),
    ("at most {} for each container", "como máximo {} por contenedor"),
    ("its probe ended with {}", "su sonda terminó con {}"),
    (
        "it is vouched for, but not by whom or when",
        "alguien responde de ello, pero no consta quién ni cuándo",
    ),
    ("the word of {}, {}", "palabra de {}, {}"),
    (
        "no probe was run (`--probe {}=EXIT_CODE`) and nobody vouches for it",
        "no se corrió ninguna sonda (`--probe {}=EXIT_CODE`) y nadie responde de ello",
    ),
    // PostgreSQL, costs, and what else is seldom said.
    (
        "worst case: {} of shared buffers + {} connections × {} + {} vacuum workers × {} = {} of {}",
        "peor caso: {} de `shared_buffers` + {} conexiones × {} + {} procesos de autovacuum × {} = {} de {}",
    ),
    (
        "{} connections would take {}: who needs more than {} puts a pooler in front (PgBouncer)",
        "{} conexiones usarían {}: quien necesite más de {} pone delante un pooler (PgBouncer)",
    ),
    (
        "since version 15 a hash may take twice `work_mem` (`hash_mem_multiplier = 2`), and a query several of them",
        "desde la versión 15 un hash puede usar el doble de `work_mem` (`hash_mem_multiplier = 2`), y una consulta varios",
    ),
    (
        "a query may take `work_mem` several times, once for each sort or hash",
        "una consulta puede usar `work_mem` varias veces, una por cada ordenación o hash",
    ),
    (
        "{} is too little for PostgreSQL: not even this fits",
        "{} es poco para PostgreSQL: ni siquiera esto cabe",
    ),
    ("not known on either side", "desconocido en ambos lados"),
    ("not known on both sides", "desconocido en alguno de los dos lados"),
    ("not known before", "desconocido antes"),
    ("not known after", "desconocido después"),
    ("anonymous memory", "memoria anónima"),
    ("private working set", "conjunto de trabajo privado"),
    ("usage − inactive file", "uso − caché inactiva"),
    ("usage − cache", "uso − caché"),
    ("usage", "uso"),
    ("before it cost nothing", "antes no costaba nada"),
    ("there was nothing before", "antes no había nada"),
    ("nothing is known of what runs", "no se sabe nada de lo que corre"),
    ("no limit is known of {}", "no se conoce el límite de {}"),
    ("as the targets say", "según los objetivos"),
    ("without limits, all of its host", "sin límites, todo su host"),
    (
        "{}, and the memory of its server is not known: `cost.before`",
        "{}, y no se conoce la memoria de su servidor: `cost.before`",
    ),
    ("no size of server holds {} ({})", "ningún tamaño de servidor da {} ({})"),
    ("limits {} + host {}, {} % free", "límites {} + host {}, {} % libre"),
    ("limits {} + host {}", "límites {} + host {}"),
    ("the image of `{}` was not read as a whole", "la imagen de `{}` no se leyó entera"),
    (
        "compressed sizes are only known image by image: use `size_sum`",
        "los tamaños comprimidos solo se conocen imagen a imagen: use `size_sum`",
    ),
    ("it is not there on both sides", "no está en ambos lados"),
    ("no layer is a new version of an old one", "ninguna capa es versión nueva de otra anterior"),
    ("most of it, {}, in layer {}, as `{}`", "casi todo, {}, en la capa {}, como `{}`"),
    ("most of it, {}, in layer {}", "casi todo, {}, en la capa {}"),
    ("not every layer was asked for its packages", "no se buscaron paquetes en todas las capas"),
    ("at worst missed by {}", "en el peor caso faltan {}"),
    ("killed for memory", "muerto por memoria"),
    ("the limit is {}, but none is planned", "el límite es {}, pero lo planeado es que no haya ninguno"),
    ("it has ended, with exit code unknown", "terminó, con código desconocido"),
    // Nouns with their numbers.
    ("1 window", "1 ventana"),
    ("{} windows", "{} ventanas"),
    ("1 kill", "1 muerte"),
    ("{} kills", "{} muertes"),
    ("1 event", "1 evento"),
    ("{} events", "{} eventos"),
    ("1 end", "1 final"),
    ("an end", "un final"),
    ("{} ends", "{} finales"),
    ("1 time", "1 vez"),
    ("{} times", "{} veces"),
    ("1 sample", "1 muestra"),
    ("{} samples", "{} muestras"),
    ("{} of {}", "{} de {}"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn check(english: &str, expected: &str) {
        assert_eq!(translated(Language::Spanish, english), expected);
    }

    #[test]
    fn reasons_are_translated_with_their_figures() {
        check(
            "2 windows of 60 s recorded, 10 are the least",
            "grabadas 2 ventanas de 60 s; lo mínimo son 10",
        );
        check(
            "it rises by 10.4 MiB over 1 min 19 s, 12 samples (p < 0.0001); if the load did not grow, it leaks",
            "sube 10,4 MiB en 1 min 19 s, 12 muestras (p < 0.0001); si la carga no creció, hay una fuga",
        );
        check(
            "it was killed at it: the engine reported 1 event (`oom`), 1 end with exit code 137 and without a stop",
            "murió al llegar a él: el motor avisó de 1 evento (`oom`), 1 final con código 137 y sin parada",
        );
        check("it took 2.25 GiB at most", "usó como máximo 2,25 GiB");
        check(
            "under load: median 1 MiB, p95 2 MiB, most 3.5 MiB of 15 samples",
            "con carga: mediana 1 MiB, p95 2 MiB, máximo 3,5 MiB de 15 muestras",
        );
    }

    #[test]
    fn what_is_not_known_stays_as_it_is() {
        for text in ["", "something new: 1.5 GB", "backend 1 GiB + frontend 768 MiB"] {
            check(text, text);
        }
        assert_eq!(translated(Language::English, "it is paused"), "it is paused");
    }

    /// Every reason that a real stack is given, with no English word left between its names.
    #[test]
    #[expect(clippy::disallowed_types, reason = "a test reads the example")]
    fn the_reasons_of_the_example_have_no_english_left() {
        use plimsoll_analysis::{memory, targets};
        let read = |name: &str| {
            let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
            std::fs::File::open(path).unwrap()
        };
        let before = plimsoll_snapshot::read(read("agente-before-memory.plimsoll")).unwrap();
        let after = plimsoll_snapshot::read(read("agente-after-memory.plimsoll")).unwrap();
        let (old, new) = (before.runtime.as_ref().unwrap(), after.runtime.as_ref().unwrap());
        let mut said: Vec<String> = Vec::new();
        for service in [old, new].into_iter().flat_map(|runtime| memory::memory(runtime).services) {
            said.extend(service.oom.evidence);
            said.push(service.trend.reason);
            said.extend(service.suggestion.reasons.into_iter().chain(service.suggestion.refused));
            said.push(service.log.reason);
            said.extend(service.postgres.into_iter().flat_map(|settings| settings.reasons));
        }
        let compared = memory::compare::compare(old, new);
        said.extend(compared.gates.into_iter().flat_map(|gate| [gate.name.to_owned(), gate.detail]));
        said.extend(compared.services.into_iter().map(|service| service.reason));
        let text = std::io::read_to_string(read("plimsoll.toml")).unwrap();
        let targets = targets::parse(&text).unwrap();
        for outcome in targets::judge(&targets, Some(&before), &after, &BTreeMap::new()).outcomes {
            // What a person wrote into the file is theirs.
            if !outcome.id.starts_with("checks.") {
                said.push(outcome.title);
            }
            said.extend(outcome.evidence.into_iter().chain(outcome.measured));
            let levels = outcome.levels.into_iter();
            said.extend(levels.flat_map(|level| [Some(level.demand), level.margin_words]).flatten());
        }
        let english = |text: &String| {
            let padded = format!(" {text} ");
            [" the ", " of ", " is ", " and ", " not ", " it ", " at "]
                .iter()
                .any(|word| padded.contains(word))
        };
        let mut left: Vec<String> =
            said.iter().map(|text| translated(Language::Spanish, text)).filter(english).collect();
        left.sort();
        left.dedup();
        assert!(said.len() > 100 && left.is_empty(), "{left:#?}");
    }

    #[test]
    fn every_translation_has_the_parts_of_its_pattern() {
        for (pattern, words) in SPANISH {
            assert_eq!(pattern.matches("{}").count(), words.matches("{}").count(), "{pattern}");
        }
    }

    #[test]
    fn nothing_is_said_twice() {
        let mut patterns: Vec<_> = SPANISH.iter().map(|(pattern, _)| *pattern).collect();
        patterns.sort_unstable();
        let count = patterns.len();
        patterns.dedup();
        assert_eq!(patterns.len(), count);
    }
}
