#!/bin/bash
# registry.sh ARCHIVE... - images of a real registry against the archives they came from.
. "$(dirname "$0")/lib.sh"
need docker-registry skopeo htpasswd jq curl openssl

# serve PORT FOLDER [TLS] [EXTRA_CONFIG]
serve() {
  cat > "$WORK/$1.yml" << YML
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $WORK/$2}}
http: {addr: "127.0.0.1:$1"${3:+, tls: $3}}
${4:-}
YML
  docker-registry serve "$WORK/$1.yml" > "$WORK/$1.log" 2>&1 &
  STARTED+=($!)
  wait_for curl -sk "http${3:+s}://127.0.0.1:$1/v2/"
}

OPEN=${OPEN_PORT:-5071}
CLOSED=${CLOSED_PORT:-5072}
htpasswd -Bbn ada 'pass:word' > "$WORK/htpasswd"
serve "$OPEN" open
serve "$CLOSED" closed "" "auth: {htpasswd: {realm: test, path: $WORK/htpasswd}}"

log_in() {
  echo "{\"auths\": {\"127.0.0.1:$CLOSED\": {\"auth\": \"$(printf '%s' "$1" | base64)\"}}}" > "$DOCKER_CONFIG/config.json"
}

check_image() {
  local source=$1 name=$2-$((++COUNT))
  inspect "$source" > "$WORK/expected.json"
  for at in "127.0.0.1:$OPEN" "127.0.0.1:$CLOSED"; do
    skopeo copy --quiet --all --dest-tls-verify=false --dest-creds 'ada:pass:word' "$source" "docker://$at/test/$name:v1" > /dev/null ||
      { row "docker://$at/test/$name:v1" "WRONG, skopeo cannot copy it"; continue; }
    compare "docker://$at/test/$name:v1" "$WORK/expected.json" "docker://$at/test/$name:v1"
  done
  for format in "--format oci --dest-compress-format zstd" "--format v2s2"; do
    # shellcheck disable=SC2086
    skopeo copy --quiet --dest-tls-verify=false --dest-creds 'ada:pass:word' $format "$source" \
      "docker://127.0.0.1:$OPEN/test/$name:again" > /dev/null 2>&1 || continue
    # Another format makes another config, and so another image ID.
    jq 'del(.images[].id)' "$WORK/expected.json" > "$WORK/no-id.json"
    inspect "docker://127.0.0.1:$OPEN/test/$name:again" | jq -S 'del(.images[].id)' > "$WORK/found.json"
    cmp -s "$WORK/no-id.json" "$WORK/found.json" && row "  $name $format" "same" || row "  $name $format" "DIFFERENT"
  done
}

log_in 'ada:pass:word'
COUNT=0
for archive in "$@"; do
  while read -r source name; do check_image "$source" "$name"; done < <(each_image "$archive")
done
first=$(curl -s "http://127.0.0.1:$OPEN/v2/_catalog" | jq -r '.repositories[0]')

refuse "no such tag" "it is not there" "docker://127.0.0.1:$OPEN/$first:none"
refuse "no such platform" "no image for platform" --platform linux/s390x "docker://127.0.0.1:$OPEN/$first:v1"
refuse "offline" "is in a registry" --offline "docker://127.0.0.1:$OPEN/$first:v1"
# TLS, under a name of this machine, since the loopback address is spoken to without.
TLS=${TLS_PORT:-5073}
name=$(hostname)
if getent ahosts "$name" | grep -q '^127'; then
  (
    cd "$WORK" || exit
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj "/CN=test authority"
    openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj "/CN=$name"
    echo "subjectAltName=DNS:$name" > server.ext
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.pem
  ) > /dev/null 2>&1
  serve "$TLS" open "{certificate: $WORK/server.pem, key: $WORK/server.key}"
  inspect "docker://127.0.0.1:$OPEN/$first:v1" > "$WORK/expected.json"
  SSL_CERT_FILE=$WORK/ca.pem compare "TLS: docker://$name:$TLS/$first:v1" "$WORK/expected.json" "docker://$name:$TLS/$first:v1"
  refuse "TLS, unknown authority" "certificate" "docker://$name:$TLS/$first:v1"
  compare "--insecure-registry $name" "$WORK/expected.json" --insecure-registry "$name" "docker://$name:$OPEN/$first:v1"
fi

log_in 'ada:wrong'
refuse "wrong password" "access was denied" "docker://127.0.0.1:$CLOSED/$first:v1"
rm "$DOCKER_CONFIG/config.json"
refuse "no password" "access was denied" "docker://127.0.0.1:$CLOSED/$first:v1"
refuse "nobody listens" "refused" "docker://127.0.0.1:9/$first:v1"
finish
