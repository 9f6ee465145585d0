"""Signs in with MSAL for Python as Debian ships it. One JSON document in, one out."""
import json
import re
import sys

import msal

given = json.load(sys.stdin)
credential = given.get("secret")
if "certificate" in given:
    credential = {"thumbprint": given["thumbprint"], "private_key": given["certificate"]}
options = {"instance_discovery": False} if given.get("skip_discovery") else {}
try:
    client = msal.ConfidentialClientApplication(
        given["client_id"], authority=given["authority"], client_credential=credential, **options
    )
    answer = client.acquire_token_for_client(scopes=["https://graph.microsoft.com/.default"])
    failure = re.search(r"AADSTS\d+", answer.get("error_description", ""))
    print(json.dumps({"signed_in": "access_token" in answer, "failed": failure and failure.group(0)}))
except ValueError as error:
    print(json.dumps({"signed_in": False, "failed": str(error)}))
