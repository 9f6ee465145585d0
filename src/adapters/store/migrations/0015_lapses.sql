-- When the first scan was that looked for lapses.
CREATE TABLE watches (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL
);

-- Times in which nothing signed an application in, as scans saw them; without an end while nothing does.
CREATE TABLE lapses (
  tenant_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER,
  PRIMARY KEY (tenant_id, app_id, began)
);
