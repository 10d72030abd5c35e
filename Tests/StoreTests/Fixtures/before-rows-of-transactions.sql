PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES('1-log');
INSERT INTO grdb_migrations VALUES('1-derived');
INSERT INTO grdb_migrations VALUES('1-outbox');
INSERT INTO grdb_migrations VALUES('2-missing-messages');
INSERT INTO grdb_migrations VALUES('3-out-of-memory');
INSERT INTO grdb_migrations VALUES('4-turns');
INSERT INTO grdb_migrations VALUES('5-lanes');
INSERT INTO grdb_migrations VALUES('6-stopped-trials');
INSERT INTO grdb_migrations VALUES('7-parents');
INSERT INTO grdb_migrations VALUES('8-quick-rows');
INSERT INTO grdb_migrations VALUES('9-checkpoint-bytes');
INSERT INTO grdb_migrations VALUES('10-resumes');
CREATE TABLE study (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  name TEXT NOT NULL,
  spec TEXT NOT NULL,            -- the accepted study file, as JSON
  created REAL NOT NULL          -- seconds since 1970, for people
);
INSERT INTO study VALUES(1,'before','{"batch":{"environment":{},"exclusive":false,"setup":[]},"command":["sh","train.sh","{rate}","{method}"],"execution":{"lingerSeconds":60,"mode":"auto","slotsPerTask":1},"name":"before","plan":{"maxFailures":20,"maxRetries":1,"objective":{"goal":"minimize","metric":"loss"},"parallel":3,"scheduler":{"asha":{"_0":{"earlyStoppingRate":0,"maxResource":9,"minResource":1,"reductionFactor":3}}},"searcher":{"random":{"seed":11}},"space":{"parameters":[{"conditions":[],"domain":{"float":{"max":1,"min":0.001,"scale":"log"}},"name":"rate"},{"conditions":[],"domain":{"choice":{"_0":["plain","broken","plain2"]}},"name":"method"}]},"trials":9},"settleSeconds":60}',1795971213.9506232738);
CREATE TABLE events (
  id INTEGER PRIMARY KEY,        -- 1, 2, 3, … without a gap
  time REAL NOT NULL,            -- seconds since 1970 by the controller's clock, for people
  body TEXT NOT NULL,            -- the event as JSON
  digest TEXT NOT NULL           -- over the digest before it and this body
);
INSERT INTO events VALUES(1,1795971213.9506955146,'{"accepted":{"_0":{"maxFailures":20,"maxRetries":1,"objective":{"goal":"minimize","metric":"loss"},"parallel":3,"scheduler":{"asha":{"_0":{"earlyStoppingRate":0,"maxResource":9,"minResource":1,"reductionFactor":3}}},"searcher":{"random":{"seed":11}},"space":{"parameters":[{"conditions":[],"domain":{"float":{"max":1,"min":0.001,"scale":"log"}},"name":"rate"},{"conditions":[],"domain":{"choice":{"_0":["plain","broken","plain2"]}},"name":"method"}]},"trials":9}}}','7b916e36466de731');
INSERT INTO events VALUES(2,1795971214.5939409732,'{"submitted":{"_0":{"job":1,"token":"5922d7661992b212"}}}','112f1730a73a52af');
INSERT INTO events VALUES(3,1795971214.8930110931,'{"started":{"_0":{"attempt":{"assignment":0,"epoch":0},"directory":"trials/0/0/5922d7661992b212.0.0","host":"vm","task":"1_0"}}}','e6f921fea4152cdd');
INSERT INTO events VALUES(4,1795971214.8930110931,'{"started":{"_0":{"attempt":{"assignment":1,"epoch":0},"directory":"trials/0/1/5922d7661992b212.1.0","host":"vm","task":"1_1"}}}','9814732b8c90bcec');
INSERT INTO events VALUES(5,1795971215.0544884204,'{"ended":{"_0":{"attempt":{"assignment":0,"epoch":0},"ending":{"exited":{"code":3}},"stderrTail":"it is broken"}}}','baafe6ddba536a01');
INSERT INTO events VALUES(6,1795971215.0544884204,'{"checkpointed":{"_0":{"attempt":{"assignment":1,"epoch":0},"resource":1},"bytes":6}}','48cab71efd9c90f0');
INSERT INTO events VALUES(7,1795971215.4768521785,'{"submitted":{"_0":{"job":2,"token":"8e2d5a515cfcbbec"}}}','8e9bf855983bcb16');
INSERT INTO events VALUES(8,1795971215.5932877063,'{"reported":{"_0":{"attempt":{"assignment":1,"epoch":0},"metrics":{"accuracy":0.5,"loss":0.0456849},"nonFinite":{},"resource":1}}}','715fa2e11f702337');
INSERT INTO events VALUES(9,1795971215.5932877063,'{"waited":{"_0":{"assignment":1,"epoch":0}}}','9b409fbd9ad5d1d7');
INSERT INTO events VALUES(10,1795971215.5932877063,'{"started":{"_0":{"attempt":{"assignment":2,"epoch":0},"directory":"trials/0/2/5922d7661992b212.2.0","host":"vm","task":"1_2"}}}','2dea61da16e60754');
INSERT INTO events VALUES(11,1795971215.5932877063,'{"ended":{"_0":{"attempt":{"assignment":2,"epoch":0},"ending":{"exited":{"code":3}},"stderrTail":"it is broken"}}}','b3e1ef84180d38e2');
INSERT INTO events VALUES(12,1795971215.9148268698,'{"submitted":{"_0":{"job":3,"token":"20ec9407585a4236"}}}','21405bade6fcff29');
INSERT INTO events VALUES(13,1795971215.9955978393,'{"started":{"_0":{"attempt":{"assignment":3,"epoch":0},"directory":"trials/0/0/8e2d5a515cfcbbec.0.0","host":"vm","task":"2_0"}}}','3daa00779f0d49f7');
INSERT INTO events VALUES(14,1795971215.9955978393,'{"ended":{"_0":{"attempt":{"assignment":3,"epoch":0},"ending":{"exited":{"code":3}},"stderrTail":"it is broken"}}}','a394216d9e5a9b2c');
INSERT INTO events VALUES(15,1795971215.9955978393,'{"ended":{"_0":{"attempt":{"assignment":1,"epoch":0},"ending":{"finished":{}},"stderrTail":""}}}','085522227e72df2f');
INSERT INTO events VALUES(16,1795971216.4573564529,'{"submitted":{"_0":{"job":4,"token":"34fd70a7c650ce4a"}}}','e97756f64e378d96');
INSERT INTO events VALUES(17,1795971216.4740600586,'{"started":{"_0":{"attempt":{"assignment":5,"epoch":0},"directory":"trials/0/3/5922d7661992b212.1.0.1","host":"vm","task":"1_1"}}}','da2c2b5b921840a6');
INSERT INTO events VALUES(18,1795971216.4740600586,'{"ended":{"_0":{"attempt":{"assignment":5,"epoch":0},"ending":{"exited":{"code":3}},"stderrTail":"it is broken"}}}','0f1cc24a84ca33f6');
INSERT INTO events VALUES(19,1795971216.4740600586,'{"started":{"_0":{"attempt":{"assignment":4,"epoch":0},"directory":"trials/0/2/20ec9407585a4236.2.0","host":"vm","task":"3_2"}}}','dcf19f1ea54fdd63');
INSERT INTO events VALUES(20,1795971216.4740600586,'{"ended":{"_0":{"attempt":{"assignment":4,"epoch":0},"ending":{"exited":{"code":3}},"stderrTail":"it is broken"}}}','df3b76149fc067e3');
INSERT INTO events VALUES(21,1795971217.0094082355,'{"submitted":{"_0":{"job":5,"token":"1b68cae675097f6f"}}}','5c5c814f8ba3bddc');
INSERT INTO events VALUES(22,1795971217.0094082355,'{"submitted":{"_0":{"job":6,"token":"82daa2f6c63d2881"}}}','49bf5fb8108b6108');
INSERT INTO events VALUES(23,1795971217.3030939101,'{"started":{"_0":{"attempt":{"assignment":7,"epoch":0},"directory":"trials/0/3/1b68cae675097f6f.3.0","host":"vm","task":"5_3"}}}','b36afd2e527b08f1');
INSERT INTO events VALUES(24,1795971217.3030939101,'{"ended":{"_0":{"attempt":{"assignment":7,"epoch":0},"ending":{"exited":{"code":3}},"stderrTail":"it is broken"}}}','aad3eb14c097b882');
INSERT INTO events VALUES(25,1795971217.3030939101,'{"started":{"_0":{"attempt":{"assignment":6,"epoch":0},"directory":"trials/0/4/34fd70a7c650ce4a.4.0","host":"vm","task":"4_4"}}}','f526d6dfdd10cae5');
INSERT INTO events VALUES(26,1795971217.3030939101,'{"checkpointed":{"_0":{"attempt":{"assignment":6,"epoch":0},"resource":1},"bytes":6}}','800a5c81f4c5c6c4');
INSERT INTO events VALUES(27,1795971217.3030939101,'{"reported":{"_0":{"attempt":{"assignment":6,"epoch":0},"metrics":{"accuracy":0.5,"loss":0.435417},"nonFinite":{},"resource":1}}}','097101d18a224f27');
INSERT INTO events VALUES(28,1795971217.3030939101,'{"waited":{"_0":{"assignment":6,"epoch":0}}}','eeddb50395731bf3');
INSERT INTO events VALUES(29,1795971218.0758025646,'{"submitted":{"_0":{"job":7,"token":"24a8c6e09997468a"}}}','e14edbc09a43cc08');
INSERT INTO events VALUES(30,1795971218.1033213138,'{"started":{"_0":{"attempt":{"assignment":8,"epoch":0},"directory":"trials/0/1/82daa2f6c63d2881.1.0","host":"vm","task":"6_1"}}}','a1eb2fe3ad9e1b6a');
INSERT INTO events VALUES(31,1795971218.1033213138,'{"checkpointed":{"_0":{"attempt":{"assignment":8,"epoch":0},"resource":2},"bytes":6}}','1ce94a64c5bb80aa');
INSERT INTO events VALUES(32,1795971218.1033213138,'{"reported":{"_0":{"attempt":{"assignment":8,"epoch":0},"metrics":{"accuracy":0.5,"loss":0.0228424},"nonFinite":{},"resource":2}}}','b56f28055f9c5d24');
INSERT INTO events VALUES(33,1795971218.1033213138,'{"checkpointed":{"_0":{"attempt":{"assignment":8,"epoch":0},"resource":3},"bytes":6}}','5afe54a9c2f0b3cb');
INSERT INTO events VALUES(34,1795971218.1033213138,'{"reported":{"_0":{"attempt":{"assignment":8,"epoch":0},"metrics":{"accuracy":0.5,"loss":0.0152283},"nonFinite":{},"resource":3}}}','74181f27421a6cec');
INSERT INTO events VALUES(35,1795971218.1033213138,'{"waited":{"_0":{"assignment":8,"epoch":0}}}','c9776b1ea99ea932');
INSERT INTO events VALUES(36,1795971218.1033213138,'{"ended":{"_0":{"attempt":{"assignment":6,"epoch":0},"ending":{"finished":{}},"stderrTail":""}}}','3c88d992946b4908');
CREATE TABLE decisions (
  event INTEGER NOT NULL REFERENCES events (id),
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  body TEXT NOT NULL,            -- the decision as JSON
  PRIMARY KEY (event, ordinal)
) WITHOUT ROWID;
INSERT INTO decisions VALUES(1,0,'{"sample":{"configuration":{"method":"broken","rate":0.001434550368325757},"trial":0}}');
INSERT INTO decisions VALUES(1,1,'{"evaluate":{"_0":{"from":0,"id":0,"reason":{"new":{}},"rung":0,"to":1,"trial":0}}}');
INSERT INTO decisions VALUES(1,2,'{"sample":{"configuration":{"method":"plain","rate":0.04568489515431231},"trial":1}}');
INSERT INTO decisions VALUES(1,3,'{"evaluate":{"_0":{"from":0,"id":1,"reason":{"new":{}},"rung":0,"to":1,"trial":1}}}');
INSERT INTO decisions VALUES(1,4,'{"sample":{"configuration":{"method":"broken","rate":0.001842545144367464},"trial":2}}');
INSERT INTO decisions VALUES(1,5,'{"evaluate":{"_0":{"from":0,"id":2,"reason":{"new":{}},"rung":0,"to":1,"trial":2}}}');
INSERT INTO decisions VALUES(5,0,'{"evaluate":{"_0":{"from":0,"id":3,"reason":{"retry":{"of":0,"why":"the command exited with code 3; its last words: it is broken"}},"rung":0,"to":1,"trial":0}}}');
INSERT INTO decisions VALUES(9,0,'{"conclude":{"_1":{"paused":{"rung":0}},"trial":1}}');
INSERT INTO decisions VALUES(9,1,'{"release":{"_0":{"assignment":1,"epoch":0},"save":true}}');
INSERT INTO decisions VALUES(11,0,'{"evaluate":{"_0":{"from":0,"id":4,"reason":{"retry":{"of":2,"why":"the command exited with code 3; its last words: it is broken"}},"rung":0,"to":1,"trial":2}}}');
INSERT INTO decisions VALUES(14,0,'{"conclude":{"_1":{"failed":{"reason":"the command exited with code 3; its last words: it is broken (after 2 tries)"}},"trial":0}}');
INSERT INTO decisions VALUES(14,1,'{"sample":{"configuration":{"method":"broken","rate":0.04385140788838125},"trial":3}}');
INSERT INTO decisions VALUES(14,2,'{"evaluate":{"_0":{"from":0,"id":5,"reason":{"new":{}},"rung":0,"to":1,"trial":3}}}');
INSERT INTO decisions VALUES(15,0,'{"sample":{"configuration":{"method":"plain","rate":0.43541724102882695},"trial":4}}');
INSERT INTO decisions VALUES(15,1,'{"evaluate":{"_0":{"from":0,"id":6,"reason":{"new":{}},"rung":0,"to":1,"trial":4}}}');
INSERT INTO decisions VALUES(18,0,'{"evaluate":{"_0":{"from":0,"id":7,"reason":{"retry":{"of":5,"why":"the command exited with code 3; its last words: it is broken"}},"rung":0,"to":1,"trial":3}}}');
INSERT INTO decisions VALUES(20,0,'{"conclude":{"_1":{"failed":{"reason":"the command exited with code 3; its last words: it is broken (after 2 tries)"}},"trial":2}}');
INSERT INTO decisions VALUES(20,1,'{"evaluate":{"_0":{"from":1,"id":8,"reason":{"promoted":{"kept":1,"results":3}},"rung":1,"start":{"attempt":{"assignment":1,"epoch":0},"resource":1},"to":3,"trial":1}}}');
INSERT INTO decisions VALUES(24,0,'{"conclude":{"_1":{"failed":{"reason":"the command exited with code 3; its last words: it is broken (after 2 tries)"}},"trial":3}}');
INSERT INTO decisions VALUES(24,1,'{"sample":{"configuration":{"method":"plain","rate":0.002593852497115692},"trial":5}}');
INSERT INTO decisions VALUES(24,2,'{"evaluate":{"_0":{"from":0,"id":9,"reason":{"new":{}},"rung":0,"to":1,"trial":5}}}');
INSERT INTO decisions VALUES(28,0,'{"conclude":{"_1":{"paused":{"rung":0}},"trial":4}}');
INSERT INTO decisions VALUES(28,1,'{"release":{"_0":{"assignment":6,"epoch":0},"save":true}}');
INSERT INTO decisions VALUES(35,0,'{"conclude":{"_1":{"paused":{"rung":1}},"trial":1}}');
INSERT INTO decisions VALUES(35,1,'{"release":{"_0":{"assignment":8,"epoch":0},"save":true}}');
INSERT INTO decisions VALUES(36,0,'{"sample":{"configuration":{"method":"broken","rate":0.06610869789081912},"trial":6}}');
INSERT INTO decisions VALUES(36,1,'{"evaluate":{"_0":{"from":0,"id":10,"reason":{"new":{}},"rung":0,"to":1,"trial":6}}}');
CREATE TABLE arrays (
  token TEXT PRIMARY KEY CHECK (length(token) = 16),
  job INTEGER UNIQUE,            -- the cluster's id; NULL until it is known
  name TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO arrays VALUES('1b68cae675097f6f',5,'before.rung0.1b68cae675097f6f');
INSERT INTO arrays VALUES('20ec9407585a4236',3,'before.rung0.20ec9407585a4236');
INSERT INTO arrays VALUES('24a8c6e09997468a',7,'before.rung0.24a8c6e09997468a');
INSERT INTO arrays VALUES('34fd70a7c650ce4a',4,'before.rung0.34fd70a7c650ce4a');
INSERT INTO arrays VALUES('5922d7661992b212',1,'before.rung0.5922d7661992b212');
INSERT INTO arrays VALUES('82daa2f6c63d2881',6,'before.rung1.82daa2f6c63d2881');
INSERT INTO arrays VALUES('8e2d5a515cfcbbec',2,'before.rung0.8e2d5a515cfcbbec');
CREATE TABLE attempts (
  assignment INTEGER NOT NULL REFERENCES assignments (id),
  epoch INTEGER NOT NULL CHECK (epoch >= 0),
  next INTEGER NOT NULL CHECK (next >= 0),  -- the number of the next message
  task TEXT NOT NULL DEFAULT '',
  host TEXT NOT NULL DEFAULT '',
  directory TEXT NOT NULL DEFAULT '',
  started REAL,
  ended REAL,
  ending TEXT,                   -- JSON; NULL while it runs
  stderr TEXT NOT NULL DEFAULT '', missing TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (assignment, epoch)
) WITHOUT ROWID;
INSERT INTO attempts VALUES(0,0,2,'1_0','vm','trials/0/0/5922d7661992b212.0.0',1795971214.8930110931,1795971215.0544884204,'{"exited":{"code":3}}','it is broken','[]');
INSERT INTO attempts VALUES(1,0,6,'1_1','vm','trials/0/1/5922d7661992b212.1.0',1795971214.8930110931,1795971215.9955978393,'{"finished":{}}','','[]');
INSERT INTO attempts VALUES(2,0,2,'1_2','vm','trials/0/2/5922d7661992b212.2.0',1795971215.5932877063,1795971215.5932877063,'{"exited":{"code":3}}','it is broken','[]');
INSERT INTO attempts VALUES(3,0,2,'2_0','vm','trials/0/0/8e2d5a515cfcbbec.0.0',1795971215.9955978393,1795971215.9955978393,'{"exited":{"code":3}}','it is broken','[]');
INSERT INTO attempts VALUES(4,0,2,'3_2','vm','trials/0/2/20ec9407585a4236.2.0',1795971216.4740600586,1795971216.4740600586,'{"exited":{"code":3}}','it is broken','[]');
INSERT INTO attempts VALUES(5,0,2,'1_1','vm','trials/0/3/5922d7661992b212.1.0.1',1795971216.4740600586,1795971216.4740600586,'{"exited":{"code":3}}','it is broken','[]');
INSERT INTO attempts VALUES(6,0,6,'4_4','vm','trials/0/4/34fd70a7c650ce4a.4.0',1795971217.3030939101,1795971218.1033213138,'{"finished":{}}','','[]');
INSERT INTO attempts VALUES(7,0,2,'5_3','vm','trials/0/3/1b68cae675097f6f.3.0',1795971217.3030939101,1795971217.3030939101,'{"exited":{"code":3}}','it is broken','[]');
INSERT INTO attempts VALUES(8,0,6,'6_1','vm','trials/0/1/82daa2f6c63d2881.1.0',1795971218.1033213138,NULL,NULL,'','[]');
CREATE TABLE checkpoints (
  assignment INTEGER NOT NULL REFERENCES assignments (id),
  epoch INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  path TEXT NOT NULL,            -- relative to the study directory
  kept INTEGER NOT NULL DEFAULT 1 CHECK (kept IN (0, 1)), bytes INTEGER CHECK (bytes >= 0),
  PRIMARY KEY (assignment, epoch, resource)
) WITHOUT ROWID;
INSERT INTO checkpoints VALUES(1,0,1,'trials/0/1/5922d7661992b212.1.0/checkpoints/1',1,6);
INSERT INTO checkpoints VALUES(6,0,1,'trials/0/4/34fd70a7c650ce4a.4.0/checkpoints/1',1,6);
INSERT INTO checkpoints VALUES(8,0,2,'trials/0/1/82daa2f6c63d2881.1.0/checkpoints/2',1,6);
INSERT INTO checkpoints VALUES(8,0,3,'trials/0/1/82daa2f6c63d2881.1.0/checkpoints/3',1,6);
CREATE TABLE results (
  rung INTEGER NOT NULL CHECK (rung >= 0),
  trial INTEGER NOT NULL REFERENCES trials (id),
  resource INTEGER NOT NULL,
  value REAL,                    -- NULL: not a finite number, or failed on the way here
  promoted INTEGER NOT NULL DEFAULT 0 CHECK (promoted IN (0, 1)),
  PRIMARY KEY (rung, trial)      -- a trial has one result in a rung
) WITHOUT ROWID;
INSERT INTO results VALUES(0,0,1,NULL,0);
INSERT INTO results VALUES(0,1,1,0.045684900000000000508,1);
INSERT INTO results VALUES(0,2,1,NULL,0);
INSERT INTO results VALUES(0,3,1,NULL,0);
INSERT INTO results VALUES(0,4,1,0.43541699999999999848,0);
INSERT INTO results VALUES(1,1,3,0.015228300000000000169,0);
CREATE TABLE outcome (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  body TEXT NOT NULL,            -- JSON
  time REAL NOT NULL
);
CREATE TABLE intents (
  id INTEGER PRIMARY KEY,
  body TEXT NOT NULL,            -- JSON
  done REAL                      -- when it was carried out; NULL: still open
);
INSERT INTO intents VALUES(1,'{"submit":{"token":"5922d7661992b212"}}',1795971214.5938010215);
INSERT INTO intents VALUES(2,'{"submit":{"token":"8e2d5a515cfcbbec"}}',1795971215.476717472);
INSERT INTO intents VALUES(3,'{"answer":{"_0":{"epoch":0,"index":1,"token":"5922d7661992b212","turn":0},"_1":{"release":{"save":true}}}}',1795971215.7736706733);
INSERT INTO intents VALUES(4,'{"submit":{"token":"20ec9407585a4236"}}',1795971215.9147157669);
INSERT INTO intents VALUES(5,'{"answer":{"_0":{"epoch":0,"index":1,"token":"5922d7661992b212","turn":0},"_1":{"next":{}}}}',1795971216.3811686039);
INSERT INTO intents VALUES(6,'{"submit":{"token":"34fd70a7c650ce4a"}}',1795971216.457239151);
INSERT INTO intents VALUES(7,'{"submit":{"token":"1b68cae675097f6f"}}',1795971217.0092799663);
INSERT INTO intents VALUES(8,'{"submit":{"token":"82daa2f6c63d2881"}}',1795971217.0092799663);
INSERT INTO intents VALUES(9,'{"answer":{"_0":{"epoch":0,"index":4,"token":"34fd70a7c650ce4a","turn":0},"_1":{"release":{"save":true}}}}',1795971217.6131865978);
INSERT INTO intents VALUES(10,'{"submit":{"token":"24a8c6e09997468a"}}',1795971218.0756750106);
INSERT INTO intents VALUES(11,'{"answer":{"_0":{"epoch":0,"index":1,"token":"82daa2f6c63d2881","turn":0},"_1":{"release":{"save":true}}}}',1795971218.5332202911);
INSERT INTO intents VALUES(12,'{"answer":{"_0":{"epoch":0,"index":4,"token":"34fd70a7c650ce4a","turn":0},"_1":{"next":{}}}}',1795971218.6739804745);
CREATE TABLE notices (
  topic TEXT PRIMARY KEY,        -- what the controller has to say to people: one line a topic
  time REAL NOT NULL,
  text TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO notices VALUES('cluster',1795971214.1722798347,'local');
INSERT INTO notices VALUES('execution',1795971216.2386214733,'tasks take other work when theirs is done: one waits 0.6 s to start, and works 1.1 s');
INSERT INTO notices VALUES('study-file',1795971214.1723496914,'/scratch/me/study9.yaml');
CREATE TABLE IF NOT EXISTS "assignments" (
  id INTEGER PRIMARY KEY CHECK (id >= 0),
  trial INTEGER NOT NULL REFERENCES trials (id),
  rung INTEGER NOT NULL,
  "from" INTEGER NOT NULL,
  "to" INTEGER NOT NULL CHECK ("to" >= "from"),
  start TEXT,                    -- the checkpoint to start from, relative to the study directory
  reason TEXT NOT NULL,          -- JSON
  token TEXT NOT NULL REFERENCES arrays (token),
  "index" INTEGER NOT NULL CHECK ("index" >= 0),
  turn INTEGER NOT NULL DEFAULT 0 CHECK (turn >= 0),  -- 0: the task was submitted for it
  epoch INTEGER NOT NULL DEFAULT 0,  -- the start of the task that it was given to, if turn > 0
  open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
  out_of_memory INTEGER NOT NULL DEFAULT 0  -- how often the trial had run out of memory before
, task INTEGER NOT NULL DEFAULT 0 CHECK (task >= 0));
INSERT INTO assignments VALUES(0,0,0,0,1,NULL,'{"new":{}}','5922d7661992b212',0,0,0,0,0,0);
INSERT INTO assignments VALUES(1,1,0,0,1,NULL,'{"new":{}}','5922d7661992b212',1,0,0,0,0,1);
INSERT INTO assignments VALUES(2,2,0,0,1,NULL,'{"new":{}}','5922d7661992b212',2,0,0,0,0,2);
INSERT INTO assignments VALUES(3,0,0,0,1,NULL,'{"retry":{"of":0,"why":"the command exited with code 3; its last words: it is broken"}}','8e2d5a515cfcbbec',0,0,0,0,0,0);
INSERT INTO assignments VALUES(4,2,0,0,1,NULL,'{"retry":{"of":2,"why":"the command exited with code 3; its last words: it is broken"}}','20ec9407585a4236',2,0,0,0,0,2);
INSERT INTO assignments VALUES(5,3,0,0,1,NULL,'{"new":{}}','5922d7661992b212',1,1,0,0,0,1);
INSERT INTO assignments VALUES(6,4,0,0,1,NULL,'{"new":{}}','34fd70a7c650ce4a',4,0,0,0,0,4);
INSERT INTO assignments VALUES(7,3,0,0,1,NULL,'{"retry":{"of":5,"why":"the command exited with code 3; its last words: it is broken"}}','1b68cae675097f6f',3,0,0,0,0,3);
INSERT INTO assignments VALUES(8,1,1,1,3,'trials/0/1/5922d7661992b212.1.0/checkpoints/1','{"promoted":{"kept":1,"results":3}}','82daa2f6c63d2881',1,0,0,1,0,1);
INSERT INTO assignments VALUES(9,5,0,0,1,NULL,'{"new":{}}','24a8c6e09997468a',5,0,0,1,0,5);
INSERT INTO assignments VALUES(10,6,0,0,1,NULL,'{"new":{}}','34fd70a7c650ce4a',4,1,0,1,0,4);
CREATE TABLE idle (              -- starts of tasks whose workers wait for other work
  token TEXT NOT NULL REFERENCES arrays (token),
  "index" INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  turn INTEGER NOT NULL,         -- the one that is done
  until REAL,                    -- when the task ends, in seconds since 1970; NULL: not known
  out_of_memory INTEGER NOT NULL,  -- how often its memory was raised
  PRIMARY KEY (token, "index")
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "trials" (
  id INTEGER PRIMARY KEY CHECK (id >= 0),
  configuration TEXT NOT NULL,   -- JSON object
  state TEXT NOT NULL CHECK (
    state = 'running' OR state = 'paused' OR state = 'stopped' OR state = 'completed'
    OR state = 'diverged' OR state = 'failed' OR state = 'cancelled'),
  rung INTEGER NOT NULL CHECK (rung >= 0),  -- the rung it leads to or rests in
  resource INTEGER,              -- of its last result
  value REAL,                    -- of its last result; NULL when not a finite number
  reason TEXT NOT NULL DEFAULT '',
  parent INTEGER REFERENCES trials (id)  -- the trial whose checkpoint it started from
);
INSERT INTO trials VALUES(0,'{"method":"broken","rate":0.001434550368325757}','failed',0,NULL,NULL,'the command exited with code 3; its last words: it is broken (after 2 tries)',NULL);
INSERT INTO trials VALUES(1,'{"method":"plain","rate":0.04568489515431231}','paused',1,3,0.015228300000000000169,'',NULL);
INSERT INTO trials VALUES(2,'{"method":"broken","rate":0.001842545144367464}','failed',0,NULL,NULL,'the command exited with code 3; its last words: it is broken (after 2 tries)',NULL);
INSERT INTO trials VALUES(3,'{"method":"broken","rate":0.04385140788838125}','failed',0,NULL,NULL,'the command exited with code 3; its last words: it is broken (after 2 tries)',NULL);
INSERT INTO trials VALUES(4,'{"method":"plain","rate":0.43541724102882695}','paused',0,1,0.43541699999999999848,'',NULL);
INSERT INTO trials VALUES(5,'{"method":"plain","rate":0.002593852497115692}','running',0,NULL,NULL,'',NULL);
INSERT INTO trials VALUES(6,'{"method":"broken","rate":0.06610869789081912}','running',0,NULL,NULL,'',NULL);
CREATE TABLE IF NOT EXISTS "reports" (
  assignment INTEGER NOT NULL REFERENCES assignments (id),
  epoch INTEGER NOT NULL,
  resource INTEGER NOT NULL CHECK (resource >= 0),
  event INTEGER NOT NULL,        -- the event that it was recorded by
  current INTEGER NOT NULL CHECK (current IN (0, 1)),  -- 0: of a superseded attempt
  value REAL,                    -- the objective; NULL when not a finite number
  metrics TEXT NOT NULL,         -- JSON object
  PRIMARY KEY (assignment, epoch, resource, event)
) WITHOUT ROWID;
INSERT INTO reports VALUES(1,0,1,8,1,0.045684900000000000508,'{"accuracy":0.5,"loss":0.0456849}');
INSERT INTO reports VALUES(6,0,1,27,1,0.43541699999999999848,'{"accuracy":0.5,"loss":0.435417}');
INSERT INTO reports VALUES(8,0,2,32,1,0.022842399999999998816,'{"accuracy":0.5,"loss":0.0228424}');
INSERT INTO reports VALUES(8,0,3,34,1,0.015228300000000000169,'{"accuracy":0.5,"loss":0.0152283}');
CREATE TABLE resumes (
  assignment INTEGER NOT NULL REFERENCES assignments (id),
  epoch INTEGER NOT NULL,  -- the start that goes on from what an earlier one has saved
  start TEXT NOT NULL,     -- the checkpoint, relative to the study directory
  PRIMARY KEY (assignment, epoch)
) WITHOUT ROWID;
CREATE INDEX open_intents ON intents (id) WHERE done IS NULL;
CREATE INDEX assignments_of_turn ON assignments (token, "index", epoch, turn);
CREATE UNIQUE INDEX open_turns ON assignments (token, "index", epoch, turn) WHERE open = 1;
CREATE INDEX assignments_of_trial ON assignments (trial);
CREATE INDEX assignments_of_task ON assignments (token, task, epoch, turn);
COMMIT;
