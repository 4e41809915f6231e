#!/bin/bash
# registry.sh ARCHIVE... - images of a real registry against the archives they came from.
. "$(dirname "$0")/lib.sh"
need docker-registry skopeo htpasswd jq curl

# serve PORT [EXTRA_CONFIG]
serve() {
  cat > "$WORK/$1.yml" << YML
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $WORK/$1}}
http: {addr: "127.0.0.1:$1"}
${2:-}
YML
  docker-registry serve "$WORK/$1.yml" > "$WORK/$1.log" 2>&1 &
  STARTED+=($!)
  wait_for curl -s "http://127.0.0.1:$1/v2/"
}

OPEN=${OPEN_PORT:-5071}
CLOSED=${CLOSED_PORT:-5072}
htpasswd -Bbn ada 'pass:word' > "$WORK/htpasswd"
serve "$OPEN"
serve "$CLOSED" "auth: {htpasswd: {realm: test, path: $WORK/htpasswd}}"

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
log_in 'ada:wrong'
refuse "wrong password" "access was denied" "docker://127.0.0.1:$CLOSED/$first:v1"
rm "$DOCKER_CONFIG/config.json"
refuse "no password" "access was denied" "docker://127.0.0.1:$CLOSED/$first:v1"
refuse "nobody listens" "refused" "docker://127.0.0.1:9/$first:v1"
finish
