-- The public image of a holder's certificates, kept while its list is being replaced.
CREATE TABLE images (rotation TEXT PRIMARY KEY, image TEXT NOT NULL);

-- What rotations have since they may be of certificates; all there were so far are of secrets.
UPDATE rotations SET body = json_set(
  body,
  '$.replacesKind', 'secret',
  '$.listReadAt', NULL,
  '$.listWrite', NULL,
  '$.listLosses', json_array(),
  '$.replacesCertificate', NULL,
  '$.undo', NULL,
  '$.policy.issuer', 'self-signed',
  '$.policy.keySize', 2048
);
