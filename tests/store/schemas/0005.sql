BEGIN TRANSACTION;
CREATE TABLE adapters (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	base_model TEXT NOT NULL, 
	weights_sha256 TEXT NOT NULL, 
	run_id TEXT, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT pk_adapters PRIMARY KEY (id), 
	CONSTRAINT fk_adapters_run_id FOREIGN KEY(run_id) REFERENCES runs (id), 
	CONSTRAINT uq_adapters_base_model_weights_sha256 UNIQUE (base_model, weights_sha256)
);
INSERT INTO "adapters" VALUES('adapters-0','name, “ação” nº 0','base_model, “ação” nº 0','weights_sha256, “ação” nº 0','runs-0','created_utc, “ação” nº 0');
INSERT INTO "adapters" VALUES('adapters-1','name, “ação” nº 1','base_model, “ação” nº 1','weights_sha256, “ação” nº 1','runs-1','created_utc, “ação” nº 1');
INSERT INTO "adapters" VALUES('adapters-2','name, “ação” nº 2','base_model, “ação” nº 2','weights_sha256, “ação” nº 2','runs-2','created_utc, “ação” nº 2');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE annotators (
	id TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT pk_annotators PRIMARY KEY (id)
);
INSERT INTO "annotators" VALUES('annotators-0','created_utc, “ação” nº 0');
INSERT INTO "annotators" VALUES('annotators-1','created_utc, “ação” nº 1');
INSERT INTO "annotators" VALUES('annotators-2','created_utc, “ação” nº 2');
CREATE TABLE consents (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	annotator_id TEXT NOT NULL, 
	version TEXT NOT NULL, 
	language TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT fk_consents_annotator_id FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT uq_consents_id UNIQUE (id)
);
INSERT INTO "consents" VALUES(1,'consents-0','annotators-0','version, “ação” nº 0','language, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "consents" VALUES(2,'consents-1','annotators-1','version, “ação” nº 1','language, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "consents" VALUES(3,'consents-2','annotators-2','version, “ação” nº 2','language, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE corrections (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	annotator_id TEXT, 
	generation_id TEXT, 
	item_id TEXT, 
	prompt_id TEXT NOT NULL, 
	author TEXT NOT NULL, 
	source TEXT NOT NULL, 
	columns TEXT NOT NULL, 
	theme TEXT NOT NULL, 
	cards TEXT, 
	card_count INTEGER NOT NULL, 
	previous_card_count INTEGER NOT NULL, 
	supersedes TEXT, 
	consent_version TEXT, 
	day TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT fk_corrections_annotator_id FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT fk_corrections_generation_id FOREIGN KEY(generation_id) REFERENCES generations (id), 
	CONSTRAINT fk_corrections_item_id FOREIGN KEY(item_id) REFERENCES queue_items (id), 
	CONSTRAINT fk_corrections_prompt_id FOREIGN KEY(prompt_id) REFERENCES prompts (id), 
	CONSTRAINT fk_corrections_supersedes FOREIGN KEY(supersedes) REFERENCES corrections (id), 
	CONSTRAINT uq_corrections_id UNIQUE (id), 
	CONSTRAINT uq_corrections_supersedes UNIQUE (supersedes)
);
INSERT INTO "corrections" VALUES(1,'corrections-0','annotators-0','generations-0','queue_items-0','prompts-0','author, “ação” nº 0','source, “ação” nº 0','columns, “ação” nº 0','theme, “ação” nº 0',NULL,0,0,NULL,NULL,'day, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "corrections" VALUES(2,'corrections-1','annotators-1','generations-1','queue_items-1','prompts-1','author, “ação” nº 1','source, “ação” nº 1','columns, “ação” nº 1','theme, “ação” nº 1','cards, “ação” nº 1',1,1,'corrections-0','consent_version, “ação” nº 1','day, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "corrections" VALUES(3,'corrections-2','annotators-2','generations-2','queue_items-2','prompts-2','author, “ação” nº 2','source, “ação” nº 2','columns, “ação” nº 2','theme, “ação” nº 2','cards, “ação” nº 2',2,2,'corrections-1','consent_version, “ação” nº 2','day, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE dataset_version_events (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	version_id TEXT NOT NULL, 
	event TEXT NOT NULL, 
	note TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT fk_dataset_version_events_version_id FOREIGN KEY(version_id) REFERENCES dataset_versions (id)
);
INSERT INTO "dataset_version_events" VALUES(1,'dataset_versions-0','event, “ação” nº 0','note, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "dataset_version_events" VALUES(2,'dataset_versions-1','event, “ação” nº 1','note, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "dataset_version_events" VALUES(3,'dataset_versions-2','event, “ação” nº 2','note, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE dataset_version_rows (
	version_id TEXT NOT NULL, 
	row_id TEXT NOT NULL, 
	CONSTRAINT pk_dataset_version_rows PRIMARY KEY (version_id, row_id), 
	CONSTRAINT fk_dataset_version_rows_version_id FOREIGN KEY(version_id) REFERENCES dataset_versions (id)
);
INSERT INTO "dataset_version_rows" VALUES('dataset_versions-0','row_id, “ação” nº 0');
INSERT INTO "dataset_version_rows" VALUES('dataset_versions-1','row_id, “ação” nº 1');
INSERT INTO "dataset_version_rows" VALUES('dataset_versions-2','row_id, “ação” nº 2');
CREATE TABLE dataset_versions (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	rows_sha256 TEXT NOT NULL, 
	manifest TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT pk_dataset_versions PRIMARY KEY (id)
);
INSERT INTO "dataset_versions" VALUES('dataset_versions-0','name, “ação” nº 0','rows_sha256, “ação” nº 0','manifest, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "dataset_versions" VALUES('dataset_versions-1','name, “ação” nº 1','rows_sha256, “ação” nº 1','manifest, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "dataset_versions" VALUES('dataset_versions-2','name, “ação” nº 2','rows_sha256, “ação” nº 2','manifest, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE evaluations (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	adapter_id TEXT, 
	version_id TEXT, 
	run_id TEXT, 
	data_sha256 TEXT NOT NULL, 
	scores TEXT NOT NULL, 
	created_utc TEXT NOT NULL, answers TEXT, 
	CONSTRAINT fk_evaluations_adapter_id FOREIGN KEY(adapter_id) REFERENCES adapters (id), 
	CONSTRAINT fk_evaluations_run_id FOREIGN KEY(run_id) REFERENCES runs (id), 
	CONSTRAINT fk_evaluations_version_id FOREIGN KEY(version_id) REFERENCES dataset_versions (id), 
	CONSTRAINT uq_evaluations_id UNIQUE (id)
);
INSERT INTO "evaluations" VALUES(1,'evaluations-0','adapters-0','dataset_versions-0','runs-0','data_sha256, “ação” nº 0','scores, “ação” nº 0','created_utc, “ação” nº 0',NULL);
INSERT INTO "evaluations" VALUES(2,'evaluations-1','adapters-1','dataset_versions-1','runs-1','data_sha256, “ação” nº 1','scores, “ação” nº 1','created_utc, “ação” nº 1','answers, “ação” nº 1');
INSERT INTO "evaluations" VALUES(3,'evaluations-2','adapters-2','dataset_versions-2','runs-2','data_sha256, “ação” nº 2','scores, “ação” nº 2','created_utc, “ação” nº 2','answers, “ação” nº 2');
CREATE TABLE generations (
	id TEXT NOT NULL, 
	prompt_id TEXT NOT NULL, 
	contestant TEXT NOT NULL, 
	model TEXT NOT NULL, 
	revision TEXT NOT NULL, 
	adapter TEXT, 
	adapter_sha256 TEXT, 
	request TEXT NOT NULL, 
	raw_text TEXT NOT NULL, 
	parser_version INTEGER NOT NULL, 
	finish TEXT NOT NULL, 
	tokens INTEGER NOT NULL, 
	duration_s FLOAT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT pk_generations PRIMARY KEY (id), 
	CONSTRAINT fk_generations_prompt_id FOREIGN KEY(prompt_id) REFERENCES prompts (id)
);
INSERT INTO "generations" VALUES('generations-0','prompts-0','contestant, “ação” nº 0','model, “ação” nº 0','revision, “ação” nº 0',NULL,NULL,'request, “ação” nº 0','raw_text, “ação” nº 0',0,'finish, “ação” nº 0',0,0.0,'created_utc, “ação” nº 0');
INSERT INTO "generations" VALUES('generations-1','prompts-1','contestant, “ação” nº 1','model, “ação” nº 1','revision, “ação” nº 1','adapter, “ação” nº 1','adapter_sha256, “ação” nº 1','request, “ação” nº 1','raw_text, “ação” nº 1',1,'finish, “ação” nº 1',1,1.0,'created_utc, “ação” nº 1');
INSERT INTO "generations" VALUES('generations-2','prompts-2','contestant, “ação” nº 2','model, “ação” nº 2','revision, “ação” nº 2','adapter, “ação” nº 2','adapter_sha256, “ação” nº 2','request, “ação” nº 2','raw_text, “ação” nº 2',2,'finish, “ação” nº 2',2,2.0,'created_utc, “ação” nº 2');
CREATE TABLE import_rows (
	import_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	correction_id TEXT NOT NULL, 
	CONSTRAINT pk_import_rows PRIMARY KEY (import_id, position), 
	CONSTRAINT fk_import_rows_correction_id FOREIGN KEY(correction_id) REFERENCES corrections (id), 
	CONSTRAINT fk_import_rows_import_id FOREIGN KEY(import_id) REFERENCES imports (id)
);
INSERT INTO "import_rows" VALUES('imports-0',0,'corrections-0');
INSERT INTO "import_rows" VALUES('imports-1',1,'corrections-1');
INSERT INTO "import_rows" VALUES('imports-2',2,'corrections-2');
CREATE TABLE imports (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	source TEXT NOT NULL, 
	file_sha256 TEXT NOT NULL, 
	dialect TEXT, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT uq_imports_id UNIQUE (id)
);
INSERT INTO "imports" VALUES(1,'imports-0','source, “ação” nº 0','file_sha256, “ação” nº 0',NULL,'created_utc, “ação” nº 0');
INSERT INTO "imports" VALUES(2,'imports-1','source, “ação” nº 1','file_sha256, “ação” nº 1','dialect, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "imports" VALUES(3,'imports-2','source, “ação” nº 2','file_sha256, “ação” nº 2','dialect, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE promotions (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	base_model TEXT NOT NULL, 
	adapter_id TEXT, 
	evaluation_id TEXT, 
	reason TEXT NOT NULL, 
	created_utc TEXT NOT NULL, kind TEXT, 
	CONSTRAINT fk_promotions_adapter_id FOREIGN KEY(adapter_id) REFERENCES adapters (id), 
	CONSTRAINT fk_promotions_evaluation_id FOREIGN KEY(evaluation_id) REFERENCES evaluations (id), 
	CONSTRAINT uq_promotions_id UNIQUE (id)
);
INSERT INTO "promotions" VALUES(1,'promotions-0','base_model, “ação” nº 0','adapters-0','evaluations-0','reason, “ação” nº 0','created_utc, “ação” nº 0',NULL);
INSERT INTO "promotions" VALUES(2,'promotions-1','base_model, “ação” nº 1','adapters-1','evaluations-1','reason, “ação” nº 1','created_utc, “ação” nº 1','kind, “ação” nº 1');
INSERT INTO "promotions" VALUES(3,'promotions-2','base_model, “ação” nº 2','adapters-2','evaluations-2','reason, “ação” nº 2','created_utc, “ação” nº 2','kind, “ação” nº 2');
CREATE TABLE prompt_splits (
	text TEXT NOT NULL, 
	split TEXT NOT NULL, 
	version_id TEXT NOT NULL, 
	CONSTRAINT pk_prompt_splits PRIMARY KEY (text), 
	CONSTRAINT fk_prompt_splits_version_id FOREIGN KEY(version_id) REFERENCES dataset_versions (id)
);
INSERT INTO "prompt_splits" VALUES('text, “ação” nº 0','split, “ação” nº 0','dataset_versions-0');
INSERT INTO "prompt_splits" VALUES('text, “ação” nº 1','split, “ação” nº 1','dataset_versions-1');
INSERT INTO "prompt_splits" VALUES('text, “ação” nº 2','split, “ação” nº 2','dataset_versions-2');
CREATE TABLE prompts (
	id TEXT NOT NULL, 
	text TEXT NOT NULL, 
	source TEXT NOT NULL, 
	annotator_id TEXT, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT pk_prompts PRIMARY KEY (id), 
	CONSTRAINT fk_prompts_annotator_id FOREIGN KEY(annotator_id) REFERENCES annotators (id)
);
INSERT INTO "prompts" VALUES('prompts-0','text, “ação” nº 0','source, “ação” nº 0','annotators-0','created_utc, “ação” nº 0');
INSERT INTO "prompts" VALUES('prompts-1','text, “ação” nº 1','source, “ação” nº 1','annotators-1','created_utc, “ação” nº 1');
INSERT INTO "prompts" VALUES('prompts-2','text, “ação” nº 2','source, “ação” nº 2','annotators-2','created_utc, “ação” nº 2');
CREATE TABLE push_events (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	adapter_id TEXT NOT NULL, 
	repository TEXT NOT NULL, 
	state TEXT NOT NULL, 
	note TEXT NOT NULL, 
	commit_id TEXT, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT fk_push_events_adapter_id FOREIGN KEY(adapter_id) REFERENCES adapters (id)
);
INSERT INTO "push_events" VALUES(1,'adapters-0','repository, “ação” nº 0','state, “ação” nº 0','note, “ação” nº 0',NULL,'created_utc, “ação” nº 0');
INSERT INTO "push_events" VALUES(2,'adapters-1','repository, “ação” nº 1','state, “ação” nº 1','note, “ação” nº 1','commit_id, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "push_events" VALUES(3,'adapters-2','repository, “ação” nº 2','state, “ação” nº 2','note, “ação” nº 2','commit_id, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE queue_generations (
	item_id TEXT NOT NULL, 
	slot INTEGER NOT NULL, 
	generation_id TEXT NOT NULL, 
	disagreement FLOAT, 
	CONSTRAINT pk_queue_generations PRIMARY KEY (item_id, slot), 
	CONSTRAINT fk_queue_generations_generation_id FOREIGN KEY(generation_id) REFERENCES generations (id), 
	CONSTRAINT fk_queue_generations_item_id FOREIGN KEY(item_id) REFERENCES queue_items (id)
);
INSERT INTO "queue_generations" VALUES('queue_items-0',0,'generations-0',0.0);
INSERT INTO "queue_generations" VALUES('queue_items-1',1,'generations-1',1.0);
INSERT INTO "queue_generations" VALUES('queue_items-2',2,'generations-2',2.0);
CREATE TABLE queue_items (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	prompt_id TEXT NOT NULL, 
	contestants TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT fk_queue_items_prompt_id FOREIGN KEY(prompt_id) REFERENCES prompts (id), 
	CONSTRAINT uq_queue_items_id UNIQUE (id)
);
INSERT INTO "queue_items" VALUES(1,'queue_items-0','kind, “ação” nº 0','prompts-0','contestants, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "queue_items" VALUES(2,'queue_items-1','kind, “ação” nº 1','prompts-1','contestants, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "queue_items" VALUES(3,'queue_items-2','kind, “ação” nº 2','prompts-2','contestants, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE queue_progress (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	item_id TEXT NOT NULL, 
	annotator_id TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT fk_queue_progress_annotator_id FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT fk_queue_progress_item_id FOREIGN KEY(item_id) REFERENCES queue_items (id), 
	CONSTRAINT uq_queue_progress_id UNIQUE (id)
);
INSERT INTO "queue_progress" VALUES(1,'queue_progress-0','queue_items-0','annotators-0','outcome, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "queue_progress" VALUES(2,'queue_progress-1','queue_items-1','annotators-1','outcome, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "queue_progress" VALUES(3,'queue_progress-2','queue_items-2','annotators-2','outcome, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE ratings (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	annotator_id TEXT NOT NULL, 
	generation_id TEXT NOT NULL, 
	item_id TEXT, 
	card_index INTEGER NOT NULL, 
	verdict TEXT, 
	reasons TEXT NOT NULL, 
	usefulness INTEGER, 
	contestant TEXT NOT NULL, 
	supersedes TEXT, 
	previous TEXT, 
	consent_version TEXT NOT NULL, 
	day TEXT NOT NULL, 
	created_utc TEXT NOT NULL, parser_version INTEGER, 
	CONSTRAINT ck_ratings_verdict CHECK (verdict IN ('keep', 'fix', 'wrong')), 
	CONSTRAINT ck_ratings_usefulness CHECK (usefulness BETWEEN 1 AND 5), 
	CONSTRAINT fk_ratings_annotator_id FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT fk_ratings_generation_id FOREIGN KEY(generation_id) REFERENCES generations (id), 
	CONSTRAINT fk_ratings_item_id FOREIGN KEY(item_id) REFERENCES queue_items (id), 
	CONSTRAINT fk_ratings_supersedes FOREIGN KEY(supersedes) REFERENCES ratings (id), 
	CONSTRAINT uq_ratings_id UNIQUE (id), 
	CONSTRAINT uq_ratings_supersedes UNIQUE (supersedes)
);
INSERT INTO "ratings" VALUES(1,'ratings-0','annotators-0','generations-0','queue_items-0',0,'fix','reasons, “ação” nº 0',1,'contestant, “ação” nº 0',NULL,NULL,'consent_version, “ação” nº 0','day, “ação” nº 0','created_utc, “ação” nº 0',0);
INSERT INTO "ratings" VALUES(2,'ratings-1','annotators-1','generations-1','queue_items-1',1,'fix','reasons, “ação” nº 1',2,'contestant, “ação” nº 1','ratings-0','previous, “ação” nº 1','consent_version, “ação” nº 1','day, “ação” nº 1','created_utc, “ação” nº 1',1);
INSERT INTO "ratings" VALUES(3,'ratings-2','annotators-2','generations-2','queue_items-2',2,'fix','reasons, “ação” nº 2',3,'contestant, “ação” nº 2','ratings-1','previous, “ação” nº 2','consent_version, “ação” nº 2','day, “ação” nº 2','created_utc, “ação” nº 2',2);
CREATE TABLE run_claims (
	run_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	worker TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT pk_run_claims PRIMARY KEY (run_id, number), 
	CONSTRAINT fk_run_claims_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "run_claims" VALUES('runs-0',0,'worker, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "run_claims" VALUES('runs-1',1,'worker, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "run_claims" VALUES('runs-2',2,'worker, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE run_events (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	run_id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	note TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT fk_run_events_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "run_events" VALUES(1,'runs-0','state, “ação” nº 0','note, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "run_events" VALUES(2,'runs-1','state, “ação” nº 1','note, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "run_events" VALUES(3,'runs-2','state, “ação” nº 2','note, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE runs (
	id TEXT NOT NULL, 
	version_id TEXT, 
	config TEXT NOT NULL, 
	created_utc TEXT NOT NULL, options TEXT, 
	CONSTRAINT pk_runs PRIMARY KEY (id), 
	CONSTRAINT fk_runs_version_id FOREIGN KEY(version_id) REFERENCES dataset_versions (id)
);
INSERT INTO "runs" VALUES('runs-0','dataset_versions-0','config, “ação” nº 0','created_utc, “ação” nº 0',NULL);
INSERT INTO "runs" VALUES('runs-1','dataset_versions-1','config, “ação” nº 1','created_utc, “ação” nº 1','options, “ação” nº 1');
INSERT INTO "runs" VALUES('runs-2','dataset_versions-2','config, “ação” nº 2','created_utc, “ação” nº 2','options, “ação” nº 2');
CREATE TABLE setting_changes (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	created_utc TEXT NOT NULL
);
INSERT INTO "setting_changes" VALUES(1,'name, “ação” nº 0','value, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "setting_changes" VALUES(2,'name, “ação” nº 1','value, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "setting_changes" VALUES(3,'name, “ação” nº 2','value, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE tombstones (
	row_id TEXT NOT NULL, 
	table_name TEXT NOT NULL, 
	erasure_id TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT pk_tombstones PRIMARY KEY (row_id)
);
INSERT INTO "tombstones" VALUES('row_id, “ação” nº 0','table_name, “ação” nº 0','erasure_id, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "tombstones" VALUES('row_id, “ação” nº 1','table_name, “ação” nº 1','erasure_id, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "tombstones" VALUES('row_id, “ação” nº 2','table_name, “ação” nº 2','erasure_id, “ação” nº 2','created_utc, “ação” nº 2');
CREATE TABLE votes (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	annotator_id TEXT NOT NULL, 
	item_id TEXT NOT NULL, 
	left_generation_id TEXT NOT NULL, 
	right_generation_id TEXT NOT NULL, 
	left_contestant TEXT NOT NULL, 
	right_contestant TEXT NOT NULL, 
	choice TEXT, 
	supersedes TEXT, 
	consent_version TEXT NOT NULL, 
	day TEXT NOT NULL, 
	created_utc TEXT NOT NULL, 
	CONSTRAINT ck_votes_choice CHECK (choice IN ('left', 'right', 'tie', 'both_bad')), 
	CONSTRAINT fk_votes_annotator_id FOREIGN KEY(annotator_id) REFERENCES annotators (id), 
	CONSTRAINT fk_votes_item_id FOREIGN KEY(item_id) REFERENCES queue_items (id), 
	CONSTRAINT fk_votes_left_generation_id FOREIGN KEY(left_generation_id) REFERENCES generations (id), 
	CONSTRAINT fk_votes_right_generation_id FOREIGN KEY(right_generation_id) REFERENCES generations (id), 
	CONSTRAINT fk_votes_supersedes FOREIGN KEY(supersedes) REFERENCES votes (id), 
	CONSTRAINT uq_votes_id UNIQUE (id), 
	CONSTRAINT uq_votes_supersedes UNIQUE (supersedes)
);
INSERT INTO "votes" VALUES(1,'votes-0','annotators-0','queue_items-0','generations-0','generations-0','left_contestant, “ação” nº 0','right_contestant, “ação” nº 0','tie',NULL,'consent_version, “ação” nº 0','day, “ação” nº 0','created_utc, “ação” nº 0');
INSERT INTO "votes" VALUES(2,'votes-1','annotators-1','queue_items-1','generations-1','generations-1','left_contestant, “ação” nº 1','right_contestant, “ação” nº 1','tie','votes-0','consent_version, “ação” nº 1','day, “ação” nº 1','created_utc, “ação” nº 1');
INSERT INTO "votes" VALUES(3,'votes-2','annotators-2','queue_items-2','generations-2','generations-2','left_contestant, “ação” nº 2','right_contestant, “ação” nº 2','tie','votes-1','consent_version, “ação” nº 2','day, “ação” nº 2','created_utc, “ação” nº 2');
CREATE INDEX ix_setting_changes_name_seq ON setting_changes (name, seq);
CREATE INDEX ix_tombstones_erasure_id ON tombstones (erasure_id);
CREATE INDEX ix_consents_annotator_id ON consents (annotator_id);
CREATE INDEX ix_dataset_version_events_version_id ON dataset_version_events (version_id);
CREATE INDEX ix_dataset_version_rows_row_id ON dataset_version_rows (row_id);
CREATE INDEX ix_prompts_annotator_id ON prompts (annotator_id);
CREATE INDEX ix_prompts_text ON prompts (text);
CREATE INDEX ix_generations_contestant ON generations (contestant);
CREATE INDEX ix_generations_prompt_id ON generations (prompt_id);
CREATE INDEX ix_queue_items_kind_seq ON queue_items (kind, seq);
CREATE INDEX ix_corrections_annotator_id_generation_id_seq ON corrections (annotator_id, generation_id, seq);
CREATE INDEX ix_corrections_author_source ON corrections (author, source);
CREATE INDEX ix_corrections_theme_card_count_previous_card_count ON corrections (theme, card_count, previous_card_count);
CREATE INDEX ix_corrections_day ON corrections (day);
CREATE INDEX ix_corrections_generation_id ON corrections (generation_id);
CREATE INDEX ix_corrections_prompt_id ON corrections (prompt_id);
CREATE INDEX ix_queue_generations_generation_id ON queue_generations (generation_id);
CREATE INDEX ix_queue_progress_annotator_id_outcome_item_id ON queue_progress (annotator_id, outcome, item_id);
CREATE INDEX ix_queue_progress_item_id_outcome_annotator_id ON queue_progress (item_id, outcome, annotator_id);
CREATE INDEX ix_ratings_annotator_id_generation_id_card_index_seq ON ratings (annotator_id, generation_id, card_index, seq);
CREATE INDEX ix_ratings_contestant_verdict_previous_reasons ON ratings (contestant, verdict, previous, reasons);
CREATE INDEX ix_ratings_day ON ratings (day);
CREATE INDEX ix_ratings_generation_id_card_index ON ratings (generation_id, card_index);
CREATE INDEX ix_votes_annotator_id_item_id_seq ON votes (annotator_id, item_id, seq);
CREATE INDEX ix_votes_left_generation_id ON votes (left_generation_id);
CREATE INDEX ix_votes_right_generation_id ON votes (right_generation_id);
CREATE INDEX ix_import_rows_correction_id ON import_rows (correction_id);
CREATE TRIGGER annotators_no_update BEFORE UPDATE ON annotators BEGIN SELECT RAISE(ABORT, 'annotators is append-only'); END;
CREATE TRIGGER annotators_no_delete BEFORE DELETE ON annotators WHEN NOT EXISTS (SELECT 1 FROM tombstones WHERE row_id = OLD.id) BEGIN SELECT RAISE(ABORT, 'annotators is append-only'); END;
CREATE TRIGGER annotators_no_return BEFORE INSERT ON annotators WHEN EXISTS (SELECT 1 FROM tombstones WHERE row_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'this row of annotators was erased'); END;
CREATE TRIGGER consents_no_update BEFORE UPDATE ON consents BEGIN SELECT RAISE(ABORT, 'consents is append-only'); END;
CREATE TRIGGER consents_no_delete BEFORE DELETE ON consents WHEN NOT EXISTS (SELECT 1 FROM tombstones WHERE row_id = OLD.id) BEGIN SELECT RAISE(ABORT, 'consents is append-only'); END;
CREATE TRIGGER consents_no_return BEFORE INSERT ON consents WHEN EXISTS (SELECT 1 FROM tombstones WHERE row_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'this row of consents was erased'); END;
CREATE TRIGGER prompts_no_update BEFORE UPDATE ON prompts BEGIN SELECT RAISE(ABORT, 'prompts is append-only'); END;
CREATE TRIGGER prompts_no_delete BEFORE DELETE ON prompts WHEN NOT EXISTS (SELECT 1 FROM tombstones WHERE row_id = OLD.id) BEGIN SELECT RAISE(ABORT, 'prompts is append-only'); END;
CREATE TRIGGER prompts_no_return BEFORE INSERT ON prompts WHEN EXISTS (SELECT 1 FROM tombstones WHERE row_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'this row of prompts was erased'); END;
CREATE TRIGGER generations_no_update BEFORE UPDATE ON generations BEGIN SELECT RAISE(ABORT, 'generations is append-only'); END;
CREATE TRIGGER generations_no_delete BEFORE DELETE ON generations WHEN NOT EXISTS (SELECT 1 FROM tombstones WHERE row_id = OLD.id) BEGIN SELECT RAISE(ABORT, 'generations is append-only'); END;
CREATE TRIGGER generations_no_return BEFORE INSERT ON generations WHEN EXISTS (SELECT 1 FROM tombstones WHERE row_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'this row of generations was erased'); END;
CREATE TRIGGER ratings_no_update BEFORE UPDATE ON ratings BEGIN SELECT RAISE(ABORT, 'ratings is append-only'); END;
CREATE TRIGGER ratings_no_delete BEFORE DELETE ON ratings WHEN NOT EXISTS (SELECT 1 FROM tombstones WHERE row_id = OLD.id) BEGIN SELECT RAISE(ABORT, 'ratings is append-only'); END;
CREATE TRIGGER ratings_no_return BEFORE INSERT ON ratings WHEN EXISTS (SELECT 1 FROM tombstones WHERE row_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'this row of ratings was erased'); END;
CREATE TRIGGER votes_no_update BEFORE UPDATE ON votes BEGIN SELECT RAISE(ABORT, 'votes is append-only'); END;
CREATE TRIGGER votes_no_delete BEFORE DELETE ON votes WHEN NOT EXISTS (SELECT 1 FROM tombstones WHERE row_id = OLD.id) BEGIN SELECT RAISE(ABORT, 'votes is append-only'); END;
CREATE TRIGGER votes_no_return BEFORE INSERT ON votes WHEN EXISTS (SELECT 1 FROM tombstones WHERE row_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'this row of votes was erased'); END;
CREATE TRIGGER corrections_no_update BEFORE UPDATE ON corrections BEGIN SELECT RAISE(ABORT, 'corrections is append-only'); END;
CREATE TRIGGER corrections_no_delete BEFORE DELETE ON corrections WHEN NOT EXISTS (SELECT 1 FROM tombstones WHERE row_id = OLD.id) BEGIN SELECT RAISE(ABORT, 'corrections is append-only'); END;
CREATE TRIGGER corrections_no_return BEFORE INSERT ON corrections WHEN EXISTS (SELECT 1 FROM tombstones WHERE row_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'this row of corrections was erased'); END;
CREATE TRIGGER queue_progress_no_update BEFORE UPDATE ON queue_progress BEGIN SELECT RAISE(ABORT, 'queue_progress is append-only'); END;
CREATE TRIGGER queue_progress_no_delete BEFORE DELETE ON queue_progress WHEN NOT EXISTS (SELECT 1 FROM tombstones WHERE row_id = OLD.id) BEGIN SELECT RAISE(ABORT, 'queue_progress is append-only'); END;
CREATE TRIGGER queue_progress_no_return BEFORE INSERT ON queue_progress WHEN EXISTS (SELECT 1 FROM tombstones WHERE row_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'this row of queue_progress was erased'); END;
CREATE TRIGGER queue_items_no_update BEFORE UPDATE ON queue_items BEGIN SELECT RAISE(ABORT, 'queue_items is append-only'); END;
CREATE TRIGGER queue_items_no_delete BEFORE DELETE ON queue_items BEGIN SELECT RAISE(ABORT, 'queue_items is append-only'); END;
CREATE TRIGGER imports_no_update BEFORE UPDATE ON imports BEGIN SELECT RAISE(ABORT, 'imports is append-only'); END;
CREATE TRIGGER imports_no_delete BEFORE DELETE ON imports BEGIN SELECT RAISE(ABORT, 'imports is append-only'); END;
CREATE TRIGGER tombstones_no_update BEFORE UPDATE ON tombstones BEGIN SELECT RAISE(ABORT, 'tombstones is append-only'); END;
CREATE TRIGGER tombstones_no_delete BEFORE DELETE ON tombstones BEGIN SELECT RAISE(ABORT, 'tombstones is append-only'); END;
CREATE TRIGGER dataset_versions_no_update BEFORE UPDATE ON dataset_versions BEGIN SELECT RAISE(ABORT, 'dataset_versions is append-only'); END;
CREATE TRIGGER dataset_versions_no_delete BEFORE DELETE ON dataset_versions BEGIN SELECT RAISE(ABORT, 'dataset_versions is append-only'); END;
CREATE TRIGGER dataset_version_rows_no_update BEFORE UPDATE ON dataset_version_rows BEGIN SELECT RAISE(ABORT, 'dataset_version_rows is append-only'); END;
CREATE TRIGGER dataset_version_rows_no_delete BEFORE DELETE ON dataset_version_rows BEGIN SELECT RAISE(ABORT, 'dataset_version_rows is append-only'); END;
CREATE TRIGGER dataset_version_events_no_update BEFORE UPDATE ON dataset_version_events BEGIN SELECT RAISE(ABORT, 'dataset_version_events is append-only'); END;
CREATE TRIGGER dataset_version_events_no_delete BEFORE DELETE ON dataset_version_events BEGIN SELECT RAISE(ABORT, 'dataset_version_events is append-only'); END;
CREATE TRIGGER setting_changes_no_update BEFORE UPDATE ON setting_changes BEGIN SELECT RAISE(ABORT, 'setting_changes is append-only'); END;
CREATE TRIGGER setting_changes_no_delete BEFORE DELETE ON setting_changes BEGIN SELECT RAISE(ABORT, 'setting_changes is append-only'); END;
CREATE INDEX ix_run_events_run_id_seq ON run_events (run_id, seq);
CREATE TRIGGER adapters_no_update BEFORE UPDATE ON adapters BEGIN SELECT RAISE(ABORT, 'adapters is append-only'); END;
CREATE TRIGGER adapters_no_delete BEFORE DELETE ON adapters BEGIN SELECT RAISE(ABORT, 'adapters is append-only'); END;
CREATE TRIGGER runs_no_update BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'runs is append-only'); END;
CREATE TRIGGER runs_no_delete BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'runs is append-only'); END;
CREATE TRIGGER run_events_no_update BEFORE UPDATE ON run_events BEGIN SELECT RAISE(ABORT, 'run_events is append-only'); END;
CREATE TRIGGER run_events_no_delete BEFORE DELETE ON run_events BEGIN SELECT RAISE(ABORT, 'run_events is append-only'); END;
CREATE TRIGGER evaluations_no_delete BEFORE DELETE ON evaluations BEGIN SELECT RAISE(ABORT, 'evaluations is append-only'); END;
CREATE TRIGGER promotions_no_update BEFORE UPDATE ON promotions BEGIN SELECT RAISE(ABORT, 'promotions is append-only'); END;
CREATE TRIGGER promotions_no_delete BEFORE DELETE ON promotions BEGIN SELECT RAISE(ABORT, 'promotions is append-only'); END;
CREATE TRIGGER queue_generations_no_update BEFORE UPDATE ON queue_generations BEGIN SELECT RAISE(ABORT, 'queue_generations is append-only'); END;
CREATE TRIGGER queue_generations_no_delete BEFORE DELETE ON queue_generations BEGIN SELECT RAISE(ABORT, 'queue_generations is append-only'); END;
CREATE TRIGGER import_rows_no_update BEFORE UPDATE ON import_rows BEGIN SELECT RAISE(ABORT, 'import_rows is append-only'); END;
CREATE TRIGGER import_rows_no_delete BEFORE DELETE ON import_rows BEGIN SELECT RAISE(ABORT, 'import_rows is append-only'); END;
CREATE TRIGGER prompt_splits_no_update BEFORE UPDATE ON prompt_splits BEGIN SELECT RAISE(ABORT, 'prompt_splits is append-only'); END;
CREATE TRIGGER prompt_splits_no_delete BEFORE DELETE ON prompt_splits WHEN EXISTS (SELECT 1 FROM prompts WHERE text = OLD.text) BEGIN SELECT RAISE(ABORT, 'prompt_splits is append-only'); END;
CREATE TRIGGER annotators_no_replace BEFORE INSERT ON annotators WHEN EXISTS (SELECT 1 FROM annotators WHERE (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: annotators has such a row and is append-only'); END;
CREATE TRIGGER prompts_no_replace BEFORE INSERT ON prompts WHEN EXISTS (SELECT 1 FROM prompts WHERE (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: prompts has such a row and is append-only'); END;
CREATE TRIGGER generations_no_replace BEFORE INSERT ON generations WHEN EXISTS (SELECT 1 FROM generations WHERE (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: generations has such a row and is append-only'); END;
CREATE TRIGGER dataset_versions_no_replace BEFORE INSERT ON dataset_versions WHEN EXISTS (SELECT 1 FROM dataset_versions WHERE (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: dataset_versions has such a row and is append-only'); END;
CREATE TRIGGER runs_no_replace BEFORE INSERT ON runs WHEN EXISTS (SELECT 1 FROM runs WHERE (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: runs has such a row and is append-only'); END;
CREATE TRIGGER consents_no_replace BEFORE INSERT ON consents WHEN EXISTS (SELECT 1 FROM consents WHERE (seq = NEW.seq) OR (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: consents has such a row and is append-only'); END;
CREATE TRIGGER queue_items_no_replace BEFORE INSERT ON queue_items WHEN EXISTS (SELECT 1 FROM queue_items WHERE (seq = NEW.seq) OR (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: queue_items has such a row and is append-only'); END;
CREATE TRIGGER queue_progress_no_replace BEFORE INSERT ON queue_progress WHEN EXISTS (SELECT 1 FROM queue_progress WHERE (seq = NEW.seq) OR (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: queue_progress has such a row and is append-only'); END;
CREATE TRIGGER imports_no_replace BEFORE INSERT ON imports WHEN EXISTS (SELECT 1 FROM imports WHERE (seq = NEW.seq) OR (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: imports has such a row and is append-only'); END;
CREATE TRIGGER evaluations_no_replace BEFORE INSERT ON evaluations WHEN EXISTS (SELECT 1 FROM evaluations WHERE (seq = NEW.seq) OR (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: evaluations has such a row and is append-only'); END;
CREATE TRIGGER promotions_no_replace BEFORE INSERT ON promotions WHEN EXISTS (SELECT 1 FROM promotions WHERE (seq = NEW.seq) OR (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'not unique: promotions has such a row and is append-only'); END;
CREATE TRIGGER ratings_no_replace BEFORE INSERT ON ratings WHEN EXISTS (SELECT 1 FROM ratings WHERE (seq = NEW.seq) OR (id = NEW.id) OR (supersedes = NEW.supersedes)) BEGIN SELECT RAISE(ABORT, 'not unique: ratings has such a row and is append-only'); END;
CREATE TRIGGER votes_no_replace BEFORE INSERT ON votes WHEN EXISTS (SELECT 1 FROM votes WHERE (seq = NEW.seq) OR (id = NEW.id) OR (supersedes = NEW.supersedes)) BEGIN SELECT RAISE(ABORT, 'not unique: votes has such a row and is append-only'); END;
CREATE TRIGGER corrections_no_replace BEFORE INSERT ON corrections WHEN EXISTS (SELECT 1 FROM corrections WHERE (seq = NEW.seq) OR (id = NEW.id) OR (supersedes = NEW.supersedes)) BEGIN SELECT RAISE(ABORT, 'not unique: corrections has such a row and is append-only'); END;
CREATE TRIGGER dataset_version_events_no_replace BEFORE INSERT ON dataset_version_events WHEN EXISTS (SELECT 1 FROM dataset_version_events WHERE (seq = NEW.seq)) BEGIN SELECT RAISE(ABORT, 'not unique: dataset_version_events has such a row and is append-only'); END;
CREATE TRIGGER setting_changes_no_replace BEFORE INSERT ON setting_changes WHEN EXISTS (SELECT 1 FROM setting_changes WHERE (seq = NEW.seq)) BEGIN SELECT RAISE(ABORT, 'not unique: setting_changes has such a row and is append-only'); END;
CREATE TRIGGER run_events_no_replace BEFORE INSERT ON run_events WHEN EXISTS (SELECT 1 FROM run_events WHERE (seq = NEW.seq)) BEGIN SELECT RAISE(ABORT, 'not unique: run_events has such a row and is append-only'); END;
CREATE TRIGGER tombstones_no_replace BEFORE INSERT ON tombstones WHEN EXISTS (SELECT 1 FROM tombstones WHERE (row_id = NEW.row_id)) BEGIN SELECT RAISE(ABORT, 'not unique: tombstones has such a row and is append-only'); END;
CREATE TRIGGER dataset_version_rows_no_replace BEFORE INSERT ON dataset_version_rows WHEN EXISTS (SELECT 1 FROM dataset_version_rows WHERE (version_id = NEW.version_id AND row_id = NEW.row_id)) BEGIN SELECT RAISE(ABORT, 'not unique: dataset_version_rows has such a row and is append-only'); END;
CREATE TRIGGER queue_generations_no_replace BEFORE INSERT ON queue_generations WHEN EXISTS (SELECT 1 FROM queue_generations WHERE (item_id = NEW.item_id AND slot = NEW.slot)) BEGIN SELECT RAISE(ABORT, 'not unique: queue_generations has such a row and is append-only'); END;
CREATE TRIGGER import_rows_no_replace BEFORE INSERT ON import_rows WHEN EXISTS (SELECT 1 FROM import_rows WHERE (import_id = NEW.import_id AND position = NEW.position)) BEGIN SELECT RAISE(ABORT, 'not unique: import_rows has such a row and is append-only'); END;
CREATE TRIGGER prompt_splits_no_replace BEFORE INSERT ON prompt_splits WHEN EXISTS (SELECT 1 FROM prompt_splits WHERE (text = NEW.text)) BEGIN SELECT RAISE(ABORT, 'not unique: prompt_splits has such a row and is append-only'); END;
CREATE TRIGGER adapters_no_replace BEFORE INSERT ON adapters WHEN EXISTS (SELECT 1 FROM adapters WHERE (id = NEW.id) OR (base_model = NEW.base_model AND weights_sha256 = NEW.weights_sha256)) BEGIN SELECT RAISE(ABORT, 'not unique: adapters has such a row and is append-only'); END;
CREATE INDEX ix_push_events_adapter_id_seq ON push_events (adapter_id, seq);
CREATE TRIGGER run_claims_no_update BEFORE UPDATE ON run_claims BEGIN SELECT RAISE(ABORT, 'run_claims is append-only'); END;
CREATE TRIGGER run_claims_no_delete BEFORE DELETE ON run_claims BEGIN SELECT RAISE(ABORT, 'run_claims is append-only'); END;
CREATE TRIGGER run_claims_no_replace BEFORE INSERT ON run_claims WHEN EXISTS (SELECT 1 FROM run_claims WHERE (run_id = NEW.run_id AND number = NEW.number)) BEGIN SELECT RAISE(ABORT, 'not unique: run_claims has such a row and is append-only'); END;
CREATE TRIGGER push_events_no_update BEFORE UPDATE ON push_events BEGIN SELECT RAISE(ABORT, 'push_events is append-only'); END;
CREATE TRIGGER push_events_no_delete BEFORE DELETE ON push_events BEGIN SELECT RAISE(ABORT, 'push_events is append-only'); END;
CREATE TRIGGER push_events_no_replace BEFORE INSERT ON push_events WHEN EXISTS (SELECT 1 FROM push_events WHERE (seq = NEW.seq)) BEGIN SELECT RAISE(ABORT, 'not unique: push_events has such a row and is append-only'); END;
CREATE TRIGGER evaluations_only_forget BEFORE UPDATE ON evaluations WHEN NOT (EXISTS (SELECT 1 FROM tombstones WHERE row_id = OLD.id) AND NEW.answers IS NULL AND NEW.seq IS OLD.seq AND NEW.id IS OLD.id AND NEW.adapter_id IS OLD.adapter_id AND NEW.version_id IS OLD.version_id AND NEW.run_id IS OLD.run_id AND NEW.data_sha256 IS OLD.data_sha256 AND NEW.scores IS OLD.scores AND NEW.created_utc IS OLD.created_utc) BEGIN SELECT RAISE(ABORT, 'evaluations is append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('imports',3);
INSERT INTO "sqlite_sequence" VALUES('setting_changes',3);
INSERT INTO "sqlite_sequence" VALUES('consents',3);
INSERT INTO "sqlite_sequence" VALUES('dataset_version_events',3);
INSERT INTO "sqlite_sequence" VALUES('queue_items',3);
INSERT INTO "sqlite_sequence" VALUES('run_events',3);
INSERT INTO "sqlite_sequence" VALUES('corrections',3);
INSERT INTO "sqlite_sequence" VALUES('evaluations',3);
INSERT INTO "sqlite_sequence" VALUES('push_events',3);
INSERT INTO "sqlite_sequence" VALUES('queue_progress',3);
INSERT INTO "sqlite_sequence" VALUES('ratings',3);
INSERT INTO "sqlite_sequence" VALUES('votes',3);
INSERT INTO "sqlite_sequence" VALUES('promotions',3);
COMMIT;
