#!/usr/bin/env bash
# Rolls an application's certificate with openssl and curl alone: the application signs in with its old certificate, proves
# that it holds it, adds the new one, signs in with that, and removes the old. No permission in the directory is needed.
#
#   roll-by-proof.sh OLD.pem NEW.pem      (each with certificate and private key)
#
# Needs: AZURE_AUTHORITY_HOST, AZURE_TENANT_ID, AZURE_CLIENT_ID, OBJECT_ID (of the application), NOLAPSE_GRAPH_ENDPOINT,
# and SSL_CERT_FILE for a local directory.
set -euo pipefail
old=$1 new=$2
graph=$NOLAPSE_GRAPH_ENDPOINT/v1.0
token_url=$AZURE_AUTHORITY_HOST/$AZURE_TENANT_ID/oauth2/v2.0/token
curl() { command curl --silent --show-error --cacert "$SSL_CERT_FILE" "$@"; }

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
der() { openssl x509 -in "$1" -outform DER; }
member() { sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p"; }

# jwt PEM AUDIENCE ISSUER: signed with RS256, ten minutes long
jwt() {
  local now head body
  now=$(date +%s)
  head=$(printf '{"alg":"RS256","typ":"JWT","x5t":"%s"}' "$(der "$1" | openssl dgst -sha1 -binary | base64url)" | base64url)
  body=$(printf '{"aud":"%s","iss":"%s","sub":"%s","jti":"%s","nbf":%d,"exp":%d}' \
    "$2" "$3" "$3" "$(openssl rand -hex 16)" "$now" $((now + 600)) | base64url)
  printf '%s.%s.%s' "$head" "$body" "$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign "$1" | base64url)"
}

# sign_in PEM: an access token for Graph
sign_in() {
  curl "$token_url" --data-urlencode grant_type=client_credentials --data-urlencode "client_id=$AZURE_CLIENT_ID" \
    --data-urlencode scope=https://graph.microsoft.com/.default \
    --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
    --data-urlencode "client_assertion=$(jwt "$1" "$token_url" "$AZURE_CLIENT_ID")"
}

# graph_post ACTION BODY
graph_post() {
  curl "$graph/applications/$OBJECT_ID/$1" -H "Authorization: Bearer $bearer" -H 'Content-Type: application/json' --data "$2"
}
proof() { jwt "$1" 00000002-0000-0000-c000-000000000000 "$OBJECT_ID"; }

bearer=$(sign_in "$old" | member access_token)
[[ -n $bearer ]] || { echo "the old certificate does not sign in: $(sign_in "$old" | member error_description)" >&2; exit 1; }
echo "signed in with the old certificate"
key=$(der "$new" | openssl base64 -A)
added=$(graph_post addKey "{\"keyCredential\":{\"type\":\"AsymmetricX509Cert\",\"usage\":\"Verify\",\"key\":\"$key\"},\"passwordCredential\":null,\"proof\":\"$(proof "$old")\"}")
new_id=$(member keyId <<<"$added")
[[ -n $new_id ]] || { echo "addKey was refused: $added" >&2; exit 1; }
echo "added the new one"
[[ -n $(sign_in "$new" | member access_token) ]] || { echo "the new certificate does not sign in yet; nothing was removed" >&2; exit 1; }
echo "signed in with the new certificate"
[[ -n ${OLD_KEY_ID:-} ]] || { echo "set OLD_KEY_ID to remove the old one"; exit 0; }
[[ -z $(graph_post removeKey "{\"keyId\":\"$OLD_KEY_ID\",\"proof\":\"$(proof "$new")\"}") ]]
echo "removed the old one"
