package study

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"modernc.org/sqlite" // also registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A study's file is known by SQLite's own two marks: the application, and the
// version of its tables.
const (
	applicationID = 0x4e617363 // "Nasc"
	schemaVersion = 2
)

const schema = `
CREATE TABLE study (
	name TEXT NOT NULL,
	space TEXT NOT NULL,
	strategy TEXT NOT NULL,
	estimator TEXT NOT NULL,
	seed TEXT NOT NULL,          -- decimal: SQLite has no unsigned 64 bits
	batch INTEGER NOT NULL,
	unit_epochs INTEGER NOT NULL, -- of a trial's budget
	unit_samples INTEGER NOT NULL,
	repeat INTEGER NOT NULL,
	module_version TEXT NOT NULL,
	go_version TEXT NOT NULL,
	created TEXT NOT NULL,       -- RFC 3339
	status TEXT NOT NULL
) STRICT;
CREATE TABLE trial (
	number INTEGER PRIMARY KEY,
	batch INTEGER NOT NULL,
	genotype TEXT NOT NULL,      -- JSON array
	budget INTEGER,              -- null if it has none of its own
	hash TEXT NOT NULL,
	seed TEXT NOT NULL,
	score REAL,                  -- null if it failed
	error TEXT,                  -- null unless it failed
	copy_of INTEGER,             -- null if it was estimated itself
	estimate TEXT,               -- JSON; null if it failed
	started TEXT NOT NULL,       -- RFC 3339
	seconds REAL NOT NULL
) STRICT;`

// file is the open database of a study.
type file struct{ db *sql.DB }

// Create makes a study in a new file. It is an error that wraps ErrExists if the
// file is there, unless it is empty.
func Create(path string, spec Spec) (*Study, error) {
	s, err := InMemory(spec)
	if err != nil {
		return nil, err
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("study: %s is a folder; a study needs the name of a file", path)
	case err == nil && info.Size() > 0:
		return nil, fmt.Errorf("study: %s %w: resume it, or choose another path", path, ErrExists)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("study: creating %s: %w", path, err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("study: creating %s: there is no folder %s", path, filepath.Dir(path))
	}
	f, err := openFile(path)
	if err != nil {
		return nil, fmt.Errorf("study: creating %s: %w", path, err)
	}
	if err := f.create(s); err != nil {
		f.db.Close()
		return nil, fmt.Errorf("study: creating %s: %w", path, err)
	}
	s.path, s.file = path, f
	return s, nil
}

// Open reads the study in a file, and is ready to add to it. The error wraps
// fs.ErrNotExist, ErrNoStudy or ErrSchema where that is what is wrong.
func Open(path string) (*Study, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("study: there is no file %s: %w", path, fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("study: opening %s: %w", path, err)
	case info.IsDir():
		return nil, fmt.Errorf("study: %s %w: it is a folder", path, ErrNoStudy)
	case info.Size() == 0:
		return nil, fmt.Errorf("study: %s %w: it is empty", path, ErrNoStudy)
	}
	f, err := openFile(path)
	if err != nil {
		return nil, fmt.Errorf("study: opening %s: %w", path, err)
	}
	s := &Study{path: path, trials: map[int]Trial{}, file: f}
	if err := f.load(s); err != nil {
		f.db.Close()
		return nil, fmt.Errorf("study: %s %w", path, err)
	}
	return s, nil
}

func openFile(path string) (*file, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// A URI, so that any character may be in the path.
	uri := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs), RawQuery: "_pragma=busy_timeout(5000)"}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // settings belong to a connection, and writers wait for each other anyway
	return &file{db}, nil
}

// journal makes every commit a durable append to the write-ahead log.
func (f *file) journal() error {
	for _, pragma := range []string{"journal_mode = WAL", "synchronous = FULL"} {
		if _, err := f.db.Exec("PRAGMA " + pragma); err != nil {
			return fmt.Errorf("setting %s: %w", pragma, err)
		}
	}
	return nil
}

// create writes the tables and the study's row, all or nothing.
func (f *file) create(s *Study) error {
	tx, err := f.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;%s", applicationID, schemaVersion, schema)); err != nil {
		return err
	}
	spec := s.spec
	if _, err := tx.Exec(`INSERT INTO study VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		spec.Name, spec.Space, spec.Strategy, spec.Estimator, strconv.FormatUint(spec.Seed, 10), spec.Batch, spec.Unit.Epochs, spec.Unit.Samples, spec.Repeat,
		s.versions.Module, s.versions.Go, s.created.Format(time.RFC3339Nano), string(s.status)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return f.journal()
}

// load fills the study from the database. Its errors continue the sentence "the file …".
func (f *file) load(s *Study) error {
	var app, version int
	if err := f.db.QueryRow("PRAGMA application_id").Scan(&app); err != nil {
		var e *sqlite.Error
		if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_NOTADB {
			return fmt.Errorf("%w: it is not an SQLite database", ErrNoStudy)
		}
		return fmt.Errorf("cannot be read: %w", err)
	}
	if app != applicationID {
		return fmt.Errorf("%w: it is an SQLite database of something else", ErrNoStudy)
	}
	if err := f.db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("cannot be read: %w", err)
	}
	if version != schemaVersion {
		return fmt.Errorf("%w: it has version %d, this program knows version %d; open it with the release that made it",
			ErrSchema, version, schemaVersion)
	}
	if err := f.loadSpec(s); err != nil {
		return fmt.Errorf("is damaged: reading what it searches: %w", err)
	}
	if err := f.loadTrials(s); err != nil {
		return fmt.Errorf("is damaged: reading its trials: %w", err)
	}
	if err := f.journal(); err != nil {
		return fmt.Errorf("cannot be opened: %w", err)
	}
	return nil
}

func (f *file) loadSpec(s *Study) error {
	var seed, created, status string
	err := f.db.QueryRow(`SELECT name, space, strategy, estimator, seed, batch, unit_epochs, unit_samples, repeat, module_version, go_version, created, status FROM study`).
		Scan(&s.spec.Name, &s.spec.Space, &s.spec.Strategy, &s.spec.Estimator, &seed, &s.spec.Batch, &s.spec.Unit.Epochs, &s.spec.Unit.Samples, &s.spec.Repeat,
			&s.versions.Module, &s.versions.Go, &created, &status)
	if err != nil {
		return err
	}
	s.status = Status(status)
	if s.spec.Seed, err = strconv.ParseUint(seed, 10, 64); err != nil {
		return err
	}
	s.created, err = time.Parse(time.RFC3339Nano, created)
	return err
}

func (f *file) loadTrials(s *Study) error {
	rows, err := f.db.Query(`SELECT number, batch, genotype, budget, hash, seed, score, error, copy_of, estimate, started, seconds FROM trial ORDER BY number`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.number, &r.batch, &r.genotype, &r.budget, &r.hash, &r.seed, &r.score, &r.err, &r.copyOf, &r.estimate, &r.started, &r.seconds); err != nil {
			return err
		}
		t, err := r.trial()
		if err != nil {
			return fmt.Errorf("trial %d: %w", r.number, err)
		}
		s.trials[t.Number] = t
	}
	return rows.Err()
}

func (f *file) insert(t Trial) error {
	r, err := newRow(t)
	if err != nil {
		return err
	}
	_, err = f.db.Exec(`INSERT INTO trial VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`,
		r.number, r.batch, r.genotype, r.budget, r.hash, r.seed, r.score, r.err, r.copyOf, r.estimate, r.started, r.seconds)
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY {
		return fmt.Errorf("it %w: is another program searching in this file?", ErrExists)
	}
	return err
}

func (f *file) setStatus(status Status) error {
	_, err := f.db.Exec("UPDATE study SET status = ?", string(status))
	return err
}

func (f *file) close() error { return f.db.Close() }

// versions is what this program is.
func versions() Versions {
	v := Versions{Module: "(devel)", Go: runtime.Version()}
	const module = "github.com/nascent-go/nascent"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Path == module && info.Main.Version != "" {
		v.Module = info.Main.Version
	}
	for _, d := range info.Deps {
		if d.Path == module {
			v.Module = d.Version
		}
	}
	return v
}
