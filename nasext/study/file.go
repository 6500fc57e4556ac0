package study

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite" // also registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/nascent-go/nascent/nasext/internal/wholefile"
)

// A study's file is known by SQLite's own two marks: the application, and the
// version of its tables.
const (
	applicationID = 0x4e617363 // "Nasc"
	schemaVersion = 3
)

const schema = `
CREATE TABLE study (
	name TEXT NOT NULL,
	space TEXT NOT NULL,
	strategy TEXT NOT NULL,
	estimator TEXT NOT NULL,
	data TEXT NOT NULL,
	seed TEXT NOT NULL,          -- decimal: SQLite has no unsigned 64 bits
	batch INTEGER NOT NULL,
	unit_epochs INTEGER NOT NULL, -- of a trial's budget
	unit_samples INTEGER NOT NULL,
	repeat INTEGER NOT NULL,
	created TEXT NOT NULL,       -- RFC 3339
	status TEXT NOT NULL,
	sum TEXT NOT NULL            -- of all but the status, as in the other tables
) STRICT;
CREATE TABLE program (           -- what has worked on the study
	number INTEGER PRIMARY KEY,
	module TEXT NOT NULL,
	revision TEXT NOT NULL,
	go TEXT NOT NULL,
	platform TEXT NOT NULL,
	engine TEXT NOT NULL,
	since TEXT NOT NULL,         -- RFC 3339
	sum TEXT NOT NULL
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
	seconds REAL NOT NULL,
	sum TEXT NOT NULL
) STRICT;`

// file is the open database of a study.
type file struct {
	db   *sql.DB
	lock *lock // nil if it is only read
}

// Create makes a study in a new file; the engine is as in InMemory. It is an error
// that wraps ErrExists if the file is there, unless it is empty. Until it is closed, a
// study has one writer: see Open.
func Create(path string, spec Spec, engine string) (*Study, error) {
	s, err := InMemory(spec, engine)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("study: %s is a folder; a study needs the name of a file", path)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("study: creating %s: there is no folder %s", path, filepath.Dir(path))
	}
	l, err := take(path)
	if err != nil {
		return nil, fmt.Errorf("study: %s %w", path, err)
	}
	f, err := createFile(path, s)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("study: %w", err), l.release())
	}
	f.lock = l
	s.path, s.file = path, f
	return s, nil
}

// createFile writes a study to a file that is locked.
func createFile(path string, s *Study) (*file, error) {
	switch info, err := os.Stat(path); {
	case err == nil && info.Size() > 0:
		return nil, fmt.Errorf("%s %w: resume it, or choose another path", path, ErrExists)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	if err := writeWhole(path, s); err != nil {
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	f, err := openFile(path, patience)
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	if err := f.journal(); err != nil {
		f.db.Close()
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	return f, nil
}

// writeWhole writes a new study so that whoever finds the file finds all of it, also if
// the process is killed meanwhile.
func writeWhole(path string, s *Study) error {
	part := path + ".new"
	for _, left := range []string{part, part + "-journal"} { // by one that was killed
		if err := os.Remove(left); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	f, err := openFile(part, patience)
	if err != nil {
		return err
	}
	err = f.create(s)
	if e := f.db.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		os.Remove(part)
		return err
	}
	return wholefile.SyncFolder(filepath.Dir(path))
}

// Open reads the study in a file, and is ready to add to it. The error wraps
// fs.ErrNotExist, ErrNoStudy, ErrSchema, ErrDamaged or ErrLocked where that is what is
// wrong: a study has one writer at a time, from Create or Open to Close or the end of
// the process, however it ends.
func Open(path string) (*Study, error) {
	if err := look(path); err != nil {
		return nil, err
	}
	l, err := take(path)
	if err != nil {
		return nil, fmt.Errorf("study: %s %w", path, err)
	}
	s, err := load(path, patience)
	if err == nil {
		if err = s.file.journal(); err == nil {
			s.file.lock = l
			return s, nil
		}
		s.file.db.Close()
		err = fmt.Errorf("study: %s cannot be opened: %w", path, err)
	}
	return nil, errors.Join(err, l.release())
}

// Read is the study in a file as it is now, also while a search writes to it. Nothing
// can be added to it. Errors are those of Open.
func Read(path string) (*Study, error) {
	if err := look(path); err != nil {
		return nil, err
	}
	s, err := load(path, patience)
	if err != nil {
		return nil, err
	}
	s.reading = true
	if err := s.Close(); err != nil {
		return nil, err
	}
	return s, nil
}

// look says what is wrong with a file at first sight.
func look(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("study: there is no file %s: %w", path, fs.ErrNotExist)
	case err != nil:
		return fmt.Errorf("study: opening %s: %w", path, err)
	case info.IsDir():
		return fmt.Errorf("study: %s %w: it is a folder", path, ErrNoStudy)
	case info.Size() == 0:
		return fmt.Errorf("study: %s %w: it is empty", path, ErrNoStudy)
	}
	return nil
}

// load reads a study and leaves its file open.
func load(path string, wait time.Duration) (*Study, error) {
	f, err := openFile(path, wait)
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

// patience is how long a statement waits for another program that has locked the file.
const patience = 5 * time.Second

func openFile(path string, wait time.Duration) (*file, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// A URI, so that any character may be in the path.
	uri := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs), RawQuery: fmt.Sprintf("_pragma=busy_timeout(%d)", wait.Milliseconds())}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // settings belong to a connection, and writers wait for each other anyway
	return &file{db: db}, nil
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
	if err := insertRow(tx, "study", s.row()...); err != nil {
		return err
	}
	if err := insertRow(tx, "program", programRow(1, s.programs[0])...); err != nil {
		return err
	}
	return tx.Commit()
}

// load fills the study from the database. Its errors continue the sentence "the file …".
func (f *file) load(s *Study) error {
	var app, version int
	if err := f.db.QueryRow("PRAGMA application_id").Scan(&app); err != nil {
		return unreadable(err)
	}
	if app != applicationID {
		return fmt.Errorf("%w: it is an SQLite database of something else", ErrNoStudy)
	}
	if err := f.db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return unreadable(err)
	}
	if version != schemaVersion {
		return fmt.Errorf("%w: it has version %d, this program knows version %d; open it with the release that made it",
			ErrSchema, version, schemaVersion)
	}
	for _, part := range []struct {
		what string
		load func(*Study) error
	}{
		{"its pages", f.check}, {"what it searches", f.loadSpec}, {"the programs that worked on it", f.loadPrograms}, {"its trials", f.loadTrials},
	} {
		if err := part.load(s); err != nil {
			if locked(err) {
				return unreadable(err)
			}
			return fmt.Errorf("%w: reading %s: %w", ErrDamaged, part.what, err)
		}
	}
	return nil
}

// unreadable says why SQLite can't read a file.
func unreadable(err error) error {
	var e *sqlite.Error
	switch {
	case locked(err):
		return fmt.Errorf("%w: another program has locked it: %w", ErrLocked, err)
	case errors.As(err, &e) && e.Code() == sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: it is not an SQLite database", ErrNoStudy)
	case errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return fmt.Errorf("cannot be read: %w", err)
}

// locked: another program has the file for itself.
func locked(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED)
}

// check looks whether SQLite finds all its pages in order.
func (f *file) check(*Study) error {
	var text string
	if err := f.db.QueryRow("PRAGMA quick_check(1)").Scan(&text); err != nil {
		return err
	}
	if text != "ok" {
		return errors.New(text)
	}
	return nil
}

// sum is a checksum of the fields of a row.
func sum(fields ...any) string {
	h := sha256.New()
	for _, f := range fields {
		if text, ok := f.(string); ok {
			f = strconv.Quote(text)
		}
		fmt.Fprintln(h, f)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

var errSum = errors.New("the row is not what was written: its checksum differs")

// row is what the table study holds of it.
func (s *Study) row() []any {
	c := s.spec
	fields := []any{
		c.Name, c.Space, c.Strategy, c.Estimator, c.Data, strconv.FormatUint(c.Seed, 10), c.Batch, c.Unit.Epochs, c.Unit.Samples, c.Repeat,
		s.created.Format(time.RFC3339Nano),
	}
	return append(fields, string(s.status), sum(fields...))
}

func (f *file) loadSpec(s *Study) error {
	var seed, created, status, was string
	c := &s.spec
	err := f.db.QueryRow(`SELECT name, space, strategy, estimator, data, seed, batch, unit_epochs, unit_samples, repeat, created, status, sum FROM study`).
		Scan(&c.Name, &c.Space, &c.Strategy, &c.Estimator, &c.Data, &seed, &c.Batch, &c.Unit.Epochs, &c.Unit.Samples, &c.Repeat, &created, &status, &was)
	if err != nil {
		return err
	}
	switch s.status = Status(status); s.status {
	case Running, Stopped, Spent, Done, Exhausted:
	default:
		return fmt.Errorf("its status is %q", status)
	}
	if c.Seed, err = strconv.ParseUint(seed, 10, 64); err != nil {
		return err
	}
	if s.created, err = time.Parse(time.RFC3339Nano, created); err != nil {
		return err
	}
	if row := s.row(); row[len(row)-1] != was {
		return errSum
	}
	return nil
}

// programRow is what the table program holds.
func programRow(number int, p Program) []any {
	fields := []any{number, p.Module, p.Revision, p.Go, p.Platform, p.Engine, p.Since.Format(time.RFC3339Nano)}
	return append(fields, sum(fields...))
}

func (f *file) loadPrograms(s *Study) error {
	rows, err := f.db.Query(`SELECT number, module, revision, go, platform, engine, since, sum FROM program ORDER BY number`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p Program
		var number int
		var since, was string
		if err := rows.Scan(&number, &p.Module, &p.Revision, &p.Go, &p.Platform, &p.Engine, &since, &was); err != nil {
			return err
		}
		if p.Since, err = time.Parse(time.RFC3339Nano, since); err != nil {
			return err
		}
		if row := programRow(number, p); row[len(row)-1] != was || number != len(s.programs)+1 {
			return errSum
		}
		s.programs = append(s.programs, p)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(s.programs) == 0 {
		return errors.New("there is none")
	}
	return nil
}

func (f *file) loadTrials(s *Study) error {
	rows, err := f.db.Query(`SELECT number, batch, genotype, budget, hash, seed, score, error, copy_of, estimate, started, seconds, sum FROM trial ORDER BY number`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		var was string
		if err := rows.Scan(&r.number, &r.batch, &r.genotype, &r.budget, &r.hash, &r.seed, &r.score, &r.err, &r.copyOf, &r.estimate, &r.started, &r.seconds, &was); err != nil {
			return err
		}
		t, err := r.trial()
		if err == nil && sum(r.fields()...) != was {
			err = errSum
		}
		if err != nil {
			return fmt.Errorf("trial %d: %w", r.number, err)
		}
		s.trials[t.Number] = t
	}
	return rows.Err()
}

// insertRow adds a row to a table.
func insertRow(to interface {
	Exec(query string, args ...any) (sql.Result, error)
}, table string, fields ...any) error {
	_, err := to.Exec(fmt.Sprintf("INSERT INTO %s VALUES (?%s)", table, strings.Repeat(",?", len(fields)-1)), fields...)
	return err
}

func (f *file) insert(t Trial) error {
	r, err := newRow(t)
	if err != nil {
		return err
	}
	fields := r.fields()
	err = insertRow(f.db, "trial", append(fields, sum(fields...))...)
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY {
		return fmt.Errorf("it %w: is another program searching in this file?", ErrExists)
	}
	return err
}

func (f *file) insertProgram(number int, p Program) error {
	return insertRow(f.db, "program", programRow(number, p)...)
}

func (f *file) setStatus(status Status) error {
	_, err := f.db.Exec("UPDATE study SET status = ?", string(status))
	return err
}

// close leaves all in one file, which can also be read where nothing can be written;
// while others read it, that is left to the last of them.
func (f *file) close() error {
	if f.lock != nil {
		_, _ = f.db.Exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE")
	}
	return errors.Join(f.db.Close(), f.lock.release())
}
