//! The texts of the rules: in Spanish.

use plimsoll_analysis::findings::RuleId;

use crate::language::RuleWords;

pub(super) const fn rule(id: RuleId) -> RuleWords {
    match id {
        RuleId::BuildLeftovers => RuleWords {
            title: "La imagen contiene código fuente y objetos de una compilación",
            why: "Lo que se compiló en la imagen suele quedarse junto al resultado: código descomprimido, archivos objeto, registros de \
                  configuración. Nada vuelve a leerlos.",
            how: "Borre el directorio en el `RUN` que compila, después de instalar. O compile en una etapa aparte y copie solo el \
                  resultado.",
            limits: "Reconoce los archivos objeto por su nombre, y el código en directorios con un `Makefile`, un `configure` o similar \
                     que creó un `RUN`. El directorio entero cuenta solo si la misma instrucción instala en otro lugar y nada enlaza ni \
                     arranca desde él. No se examina el código que trajo `COPY`: una etapa de compilación lo evita.",
        },
        RuleId::BuildTools => RuleWords {
            title: "La imagen final contiene herramientas de compilación",
            why: "Los compiladores, las cabeceras y el control de versiones sirven para compilar, no para ejecutar. Ocupan mucho y dan \
                  herramientas a un atacante.",
            how: "Compile en una etapa que tenga las herramientas y copie el resultado a una etapa final sin ellas. O bien instálelas, \
                  compile y desinstálelas en un solo `RUN`.",
            limits: "Las herramientas se reconocen por su nombre. No cuenta la que otro paquete necesita en ejecución, ni git si lo usa \
                     un paquete en uso. No se detecta un programa que lanza un compilador por su cuenta.",
        },
        RuleId::Bytecode => RuleWords {
            title: "El bytecode de Python se guarda junto al código fuente",
            why: "Python compila los módulos que importa. El bytecode que pip compila por adelantado supone cerca de un tercio de los \
                  paquetes de Python puro, y casi todo es de módulos que nunca se importan.",
            how: "Instale con `pip install --no-compile` y defina `PYTHONDONTWRITEBYTECODE=1` durante la construcción.",
            limits: "Sin bytecode, el primer arranque tarda más; todos los arranques tardan más si el servicio no puede escribir junto \
                     al código. Compensa en servicios que arrancan pocas veces.",
        },
        RuleId::CacheBreakingLayers => RuleWords {
            title: "El orden de las instrucciones anula la caché de construcción",
            why: "Un cambio en cualquier archivo copiado repite todas las instrucciones posteriores. Si el código se copia primero, una \
                  línea cambiada reinstala todas las dependencias, y cada máquina vuelve a descargarlas. Una lista de paquetes obtenida \
                  en una instrucción aparte sale de la caché mucho después de caducar.",
            how: "Copie la lista de requisitos, instale y copie el código al final. Actualice e instale en un solo `RUN`.",
            limits: "Ahorra tiempo y tráfico en construcciones posteriores, no bytes de esta imagen. Los bytes que se muestran son los \
                     que cada cambio reconstruye.",
        },
        RuleId::ContextLeftovers => RuleWords {
            title: "La imagen contiene archivos de la copia de trabajo que no necesita",
            why: "Cada construcción los envía al constructor y cada cambio en ellos invalida la caché. Pueden revelar datos privados: \
                  todo el historial del código, un archivo de entorno.",
            how: "Inclúyalos en un `.dockerignore` junto al Dockerfile, o copie solo los directorios que la imagen necesita.",
            limits: "Examina los archivos que `COPY` y `ADD` tomaron del contexto de construcción, a partir de 100 kB si no son privados. \
                     Los informes de cobertura, los directorios `target` y los source maps son un hallazgo aparte, igual que las \
                     pruebas, la documentación, las bases de datos y los datos, porque un servicio puede leerlos. Con `--dockerfile` se \
                     tiene en cuenta su `.dockerignore`.",
        },
        RuleId::CudaLibraries => RuleWords {
            title: "Hay bibliotecas CUDA donde basta la versión para CPU",
            why: "Las versiones predeterminadas de PyPI para Linux son para GPU de NVIDIA: gigabytes que un servicio sin GPU nunca carga.",
            how: "Instale la versión para CPU desde el índice que la ofrece.",
            limits: "Si el servicio dispone de una GPU se decide donde arranca, no en la imagen. Los ajustes y paquetes de NVIDIA que hay \
                     en la imagen indican que sí, y reducen la confianza.",
        },
        RuleId::DebugSymbols => RuleWords {
            title: "Los binarios tienen símbolos de depuración",
            why: "Los símbolos de depuración relacionan las instrucciones con las líneas del código. Solo los leen los depuradores, y a \
                  menudo ocupan más que el programa.",
            how: "Compile sin ellos (`strip = true` en el perfil release de Cargo, `-ldflags='-s -w'` en Go, `-s` en el enlazador), o \
                  ejecute `strip` en la instrucción que crea el archivo. Guarde los símbolos fuera de la imagen, donde analice los fallos.",
            limits: "Cuenta las secciones que elimina `strip`, no el relleno entre ellas. Un programa que imprime sus propias trazas de \
                     pila pierde los nombres de las funciones. Una biblioteca editada después de enlazarla, como las de los wheels, \
                     puede dejar de funcionar: pruébela.",
        },
        RuleId::Documentation => RuleWords {
            title: "La imagen contiene manuales y documentación",
            why: "Un servicio no lee manuales.",
            how: "Configure el gestor de paquetes para que los excluya antes de instalar nada.",
            limits: "No cuentan los archivos de la imagen base: solo otra base los evita. Los archivos de derechos de autor se conservan. \
                     Los paquetes que solo tienen documentación son un hallazgo aparte; se reconocen por el nombre: `-doc`, `-docs`, \
                     `manpages`.",
        },
        RuleId::DuplicateFiles => RuleWords {
            title: "El mismo contenido está en varias rutas",
            why: "Cada copia se guarda, se descarga y ocupa la caché de páginas por separado.",
            how: "Copie el archivo una vez y enlace la otra ruta, o copie solo uno de los directorios.",
            limits: "Las copias dentro de paquetes cuentan a partir de 5 MB cada una, porque solo sus autores pueden cambiarlas. Los \
                     pesos de modelos y las cachés tienen sus propias reglas. Los enlaces no son copias. Los archivos bajo `/var` son \
                     estado que gestiona el propio programa.",
        },
        RuleId::DuplicateModels => RuleWords {
            title: "El mismo modelo está dos veces en la imagen",
            why: "Los repositorios de modelos ofrecen los mismos pesos para varios frameworks, y una descarga normal los trae todos. Una \
                  copia junto a una caché conserva ambas. Solo se carga una.",
            how: "Descargue solo el formato que carga el servicio (`--include`). Mueva los pesos fuera de la caché en lugar de copiarlos.",
            limits: "No se ve qué formato carga el servicio. Si un modelo tiene pesos en safetensors, la regla supone que son esos.",
        },
        RuleId::HeavyPackages => RuleWords {
            title: "Hay paquetes pesados con alternativas más ligeras",
            why: "En muchas imágenes, unos pocos paquetes ocupan casi todo, y los servicios suelen usar solo una pequeña parte de cada uno.",
            how: "Compruebe qué usa el código del paquete. Si es poco, use un paquete que haga solo eso.",
            limits: "La regla no sabe cuánto se usa de un paquete, así que es una pista. El ahorro es lo que se libera con el paquete, sin \
                     contar lo que lo sustituya.",
        },
        RuleId::Locales => RuleWords {
            title: "La imagen contiene traducciones de paquetes del sistema",
            why: "Son mensajes de herramientas del sistema en docenas de idiomas, que un servicio nunca muestra.",
            how: "Configure el gestor de paquetes para que las excluya antes de instalar nada.",
            limits: "Se conservan el inglés y las configuraciones regionales generadas. No cuentan los archivos de la imagen base. No se \
                     examinan las traducciones de paquetes de Python, npm y otros lenguajes, porque una aplicación puede necesitarlas.",
        },
        RuleId::LogFiles => RuleWords {
            title: "La imagen contiene registros",
            why: "Describen la construcción, o una máquina que ya no existe. Un servicio no los necesita.",
            how: "Bórrelos en la instrucción que los escribe, o exclúyalos del contexto de construcción con `.dockerignore`.",
            limits: "Detecta los archivos bajo `var/log` y los que terminan en `.log`, a partir de 500 kB.",
        },
        RuleId::MissingHealthCheck => RuleWords {
            title: "La imagen no tiene comprobación de salud",
            why: "Sin ella, el motor no advierte que un servicio se ha bloqueado, y un archivo compose no puede esperar a que esté listo.",
            how: "Añada un `HEALTHCHECK` que consulte el servicio con un programa que la imagen ya tenga.",
            limits: "Solo en imágenes que exponen un puerto. Los orquestadores tienen sus propias sondas. Una comprobación desactivada \
                     (`HEALTHCHECK NONE`) sigue desactivada. El formato de imagen OCI no guarda comprobaciones de salud, así que se \
                     pierden al construir en ese formato.",
        },
        RuleId::ModelWeights => RuleWords {
            title: "Los pesos de modelos forman parte de la imagen",
            why: "Los pesos son grandes y cambian poco. Cada máquina los descarga con cada imagen que los contiene, y cada servicio de un \
                  stack tiene su propia copia.",
            how: "Guárdelos en un volumen que se llene una vez y se monte en modo de solo lectura, o descárguelos en el primer arranque. \
                  Si deben estar en la imagen, póngalos en una capa aparte, debajo del código, para que se descarguen una sola vez.",
            limits: "Una imagen que debe arrancar rápido, o sin red, tiene motivos para contener sus pesos.",
        },
        RuleId::NpmDevDependencies => RuleWords {
            title: "Están instaladas las dependencias de desarrollo de npm",
            why: "Los empaquetadores, los ejecutores de pruebas y los compiladores suelen ocupar la mayor parte de `node_modules`. Un \
                  servicio ya construido no los ejecuta.",
            how: "Instale con `--omit=dev`. Si la construcción las necesita, construya en una etapa aparte y copie el resultado.",
            limits: "Lee el `package.json` de los proyectos de la imagen. Un paquete se conserva si también es una dependencia de \
                     ejecución, o si una de ellas lo necesita.",
        },
        RuleId::PackageManagerCache => RuleWords {
            title: "La imagen contiene cachés de gestores de paquetes",
            why: "Se descargan con cada imagen, y el servicio nunca las lee.",
            how: "Monte la caché mientras se ejecuta la instrucción (`RUN --mount=type=cache`): no entra en ninguna capa y acelera la \
                  siguiente construcción. O bórrela en la instrucción que la llena. Borrarla en una instrucción posterior no ahorra nada.",
            limits: "Las cachés se reconocen por su ubicación. No se detecta una caché que un ajuste lleva a otro sitio. No cuentan los \
                     archivos con otro nombre fuera de la caché, ni los que usa la imagen al ejecutarse: aquellos a los que llevan \
                     enlaces, órdenes, rutas de búsqueda, guiones y entornos. No se detecta un programa que encuentra una caché por su \
                     cuenta. Se ignoran las cachés de menos de 100 kB.",
        },
        RuleId::PackagingTools => RuleWords {
            title: "pip, setuptools o wheel siguen en la imagen final",
            why: "Instalan paquetes; un servicio solo los ejecuta. Los escáneres de vulnerabilidades los señalan a menudo.",
            how: "Cree el entorno con `python -m venv --without-pip` e instale en él desde fuera (`pip --python`), o desinstale las \
                  herramientas en la instrucción que las usa.",
            limits: "No cuentan las herramientas de la imagen base: quitarlas en una capa posterior no libera nada. Se conserva la \
                     herramienta que otro paquete necesita, a menudo setuptools.",
        },
        RuleId::RecommendedPackages => RuleWords {
            title: "Hay paquetes instalados solo porque otros los recomiendan",
            why: "`apt-get install` instala también lo que recomiendan sus paquetes. Un servicio rara vez lo necesita, y puede ocupar más \
                  que lo que se pidió.",
            how: "Instale con `--no-install-recommends` y nombre los paquetes recomendados que necesite.",
            limits: "Solo dpkg registra qué paquetes se instalaron de paso. Se conserva un programa que la construcción o el comando del \
                     contenedor llaman por su nombre, y también los certificados, las zonas horarias y las configuraciones regionales. \
                     Un script de un paquete puede llamar a alguno de los demás.",
        },
        RuleId::RewrittenFiles => RuleWords {
            title: "Una capa posterior borra o reescribe archivos",
            why: "Las capas solo añaden. Los archivos que una instrucción posterior borra, sobrescribe o cambia de propietario se siguen \
                  descargando y guardando.",
            how: "Borre los archivos en el `RUN` que los crea. Fije el propietario al copiar (`COPY --chown`, `COPY --chmod`). Monte los \
                  archivos que solo necesita la construcción (`RUN --mount=type=bind`), o use una etapa de construcción y copie solo su \
                  resultado.",
            limits: "Ignora los archivos que una capa de la imagen base oculta de otra, los grupos de menos de 1 MB y las bases de datos \
                     que los gestores de paquetes reescriben con cada paquete.",
        },
        RuleId::RootUser => RuleWords {
            title: "El servicio se ejecuta como root",
            why: "Un atacante que toma el control del servicio es root en el contenedor, puede cambiar sus archivos y solo necesita un \
                  fallo del motor para llegar al host.",
            how: "Cree un usuario, asígnele los archivos que el servicio escribe y defina `USER` al final del Dockerfile.",
            limits: "Ignora las imágenes sin servicio y las que tienen gosu, su-exec o setpriv, con los que un guion de arranque deja de \
                     ser root. Un archivo compose o un orquestador pueden definir otro usuario. La gravedad es baja si la imagen no \
                     expone ningún puerto: un atacante tiene que entrar antes.",
        },
        RuleId::Secrets => RuleWords {
            title: "La imagen contiene secretos o claves",
            why: "Los tiene cualquiera que pueda descargar la imagen. Borrarlos en una capa posterior no sirve: siguen en la capa inferior.",
            how: "Revóquelos. Pase los secretos a la construcción con `RUN --mount=type=secret`, y al servicio cuando arranca.",
            limits: "Detecta los archivos por su nombre y su estructura. Solo se anotan la ruta y la clase, nunca el contenido. Las claves \
                     que pertenecen a un paquete, casi siempre para sus pruebas, son un hallazgo aparte.",
        },
        RuleId::SetuidFiles => RuleWords {
            title: "La imagen contiene programas setuid o setgid poco habituales",
            why: "Un programa setuid de root puede llevar de un servicio a root. Las distribuciones tienen pocos y los revisan; los demás \
                  programas no pasan esa revisión.",
            how: "Quite el bit, o impida que el servicio obtenga privilegios (`no-new-privileges`).",
            limits: "Ignora, por su nombre, los programas a los que las distribuciones ponen el bit.",
        },
        RuleId::SeveralVersions => RuleWords {
            title: "La imagen tiene varias versiones de Python, o varias copias de un paquete",
            why: "Una se ejecuta; las demás solo ocupan espacio. A menudo un paquete del sistema instala el Python de la distribución \
                  junto al de la imagen base.",
            how: "Tome Python de un solo sitio: la imagen base o la distribución. Instale los paquetes en un único entorno. Deje que npm \
                  combine las copias (`npm dedupe`).",
            limits: "Supone que se ejecuta el intérprete del primero de los directorios habituales. Una herramienta del sistema puede \
                     necesitar el Python de la distribución: compruebe qué se elimina con él.",
        },
        RuleId::SharedFatImage => RuleWords {
            title: "Varios servicios comparten una imagen con paquetes que solo necesita uno de ellos",
            why: "Cada servicio se descarga y arranca con los paquetes de los demás, y un cambio en uno los reconstruye todos.",
            how: "Dé a cada servicio su propia etapa en el Dockerfile, sobre una etapa con los paquetes comunes, y su propia lista de \
                  requisitos.",
            limits: "Las órdenes del archivo compose o de la imagen muestran qué código es de cada servicio. Si no llevan al código, no se \
                     informa de nada. Una máquina que tiene todas las imágenes guarda una vez las capas compartidas: separar ahorra más \
                     donde solo se descargan algunos de los servicios.",
        },
        RuleId::ShippedTests => RuleWords {
            title: "La imagen contiene pruebas de paquetes",
            why: "Muchos paquetes instalan sus pruebas, con datos. Un servicio nunca las ejecuta.",
            how: "Bórrelas en la instrucción que instala los paquetes.",
            limits: "Detecta los directorios `tests` dentro de paquetes. Unos pocos paquetes importan sus propias pruebas: arranque el \
                     servicio una vez antes de darlo por bueno.",
        },
        RuleId::StaticLibraries => RuleWords {
            title: "La imagen contiene bibliotecas estáticas",
            why: "Solo las leen los enlazadores. Un programa en ejecución ya contiene las partes que necesita.",
            how: "Bórrelas en la instrucción que las instala, o copie solo los archivos necesarios desde una etapa de construcción.",
            limits: "Detecta los archivos `.a` y `.la`. Los de paquetes `-dev` cuentan como herramientas de compilación. Un servicio que \
                     compila extensiones en ejecución las necesita.",
        },
        RuleId::TemporaryFiles => RuleWords {
            title: "La imagen contiene archivos temporales, volcados de memoria o instaladores",
            why: "Una construcción descarga, descomprime y a veces falla. Lo que deja en `/tmp`, `/var/tmp` o un directorio personal lo \
                  descargan todas las máquinas, y la memoria de un programa que falló puede contener secretos.",
            how: "Bórrelos en el `RUN` que los crea, o monte el directorio: `RUN --mount=type=tmpfs,target=/tmp`.",
            limits: "Se conservan los archivos que nombran el comando del contenedor, su directorio de trabajo o un volumen. Un volcado \
                     se reconoce por el nombre (`core`, `core.17`, `.hprof`, `.heapsnapshot`), a partir de 100 kB. Los instaladores \
                     cuentan si un `RUN` los dejó en un directorio personal o un nivel por debajo. Cada tipo se muestra a partir de \
                     500 kB.",
        },
        RuleId::TestTools => RuleWords {
            title: "Se instalan herramientas de pruebas y desarrollo para ejecutar el servicio",
            why: "Los ejecutores de pruebas, los linters y los formateadores traen muchas dependencias, y el servicio nunca los usa. \
                  Suelen estar en la misma lista que lo que el servicio necesita.",
            how: "Manténgalas en otra lista: `requirements-dev.txt`, un grupo opcional de `pyproject.toml`, `devDependencies` de \
                  `package.json`. Instale esa lista solo donde se ejecutan pruebas.",
            limits: "Las herramientas se reconocen por su nombre. Se conserva la que importa o nombra el código del servicio, y la que \
                     necesita un paquete en uso; los archivos de directorios `tests` y los `test_*.py` no son código del servicio. Una \
                     imagen hecha para ejecutar pruebas las necesita.",
        },
        RuleId::UnpinnedBase => RuleWords {
            title: "La imagen base no está fijada",
            why: "`latest` es la última imagen publicada. Mañana el mismo Dockerfile construye otra imagen, y es difícil saber por qué \
                  creció.",
            how: "Indique una versión o, mejor, un digest, y deje que un bot lo actualice.",
            limits: "La base se conoce por el Dockerfile, si se indica, o por una etiqueta (`org.opencontainers.image.base.name`). El \
                     digest con el que se construyó la imagen solo se conoce si lo tiene otra etiqueta; si no, el arreglo es un comando \
                     que muestra el actual. No se ve si una etiqueta de versión se mueve.",
        },
        RuleId::UnusedPackages => RuleWords {
            title: "Hay paquetes instalados que nada parece usar",
            why: "Un paquete trae todas sus dependencias: una línea de una lista de requisitos puede ocupar casi toda la imagen.",
            how: "Quite el paquete de la lista de requisitos, construya la imagen y ejecute las pruebas. Si solo hace falta para \
                  desarrollar, manténgalo en una lista aparte.",
            limits: "Análisis estático de los paquetes de Python y npm: un paquete cuenta como usado si el código de la aplicación lo \
                     importa, si lo nombra un ajuste, una cadena o un script, si la imagen lo ejecuta, si lo necesita un paquete en uso, si \
                     uno de ellos puede usarlo de forma opcional o si es un complemento de uno de ellos. No se detectan los nombres \
                     formados en ejecución, el código que se monta en lugar de incluirse ni las importaciones opcionales que un paquete no \
                     declara. Si la imagen no tiene código de la aplicación, no se informa de nada.",
        },
    }
}
