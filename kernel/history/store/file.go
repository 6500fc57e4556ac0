package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite" // also registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// applicationID is SQLite's mark for whose file it is.
const applicationID = 0x4e736869 // "Nshi"

// migrations are the steps from each version of the tables to the next. The
// version of a file, SQLite's user_version, is the number of steps it has seen.
var migrations = []string{
	`CREATE TABLE session (
		number INTEGER PRIMARY KEY AUTOINCREMENT,
		key TEXT NOT NULL UNIQUE,   -- the kernel's session id, and of a subshell / and its id
		started TEXT NOT NULL       -- RFC 3339
	) STRICT;
	CREATE TABLE cell (
		session INTEGER NOT NULL,
		line INTEGER NOT NULL,      -- execution count
		input TEXT NOT NULL,
		output TEXT,                -- text of the result; null if it has none
		PRIMARY KEY (session, line)
	) STRICT, WITHOUT ROWID;`,
}

// What is wrong with a file that is whole.
var (
	errForeign = errors.New("it is a database of another program, and is left as it is")
	errNewer   = errors.New("a newer version of nascent has written it, and this one can't read it")
)

// fileInfo knows a file again.
type fileInfo = os.FileInfo

// file is the open file. Only the writer uses it; questions go to db.
type file struct {
	db      *sql.DB
	conn    *sql.Conn // the writer's
	info    fileInfo
	session *sql.Stmt // makes one
	begin   *sql.Stmt
	output  *sql.Stmt
	numbers map[string]int64 // of sessions that have been written to, by key
}

// openFile opens the file, makes it if it is not there, and brings its tables up
// to date.
func openFile(path string, migrations []string) (f *file, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// Code may hold secrets. A file that is there is not opened here: POSIX would
	// have this process lose its locks on it when it is closed.
	made, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case err == nil:
		err = made.Close()
	case errors.Is(err, fs.ErrExist):
		err = nil
	}
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no ordinary file")
	}
	// A URI, so that any character may be in the path. SQLite waits a little for
	// others; the writer does the rest, because it can be told to stop. The system
	// caches the file, so SQLite needs little memory for that.
	uri := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: "_pragma=busy_timeout(100)&_pragma=synchronous(NORMAL)&_pragma=cache_size(-256)"}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(2) // the writer's, and one for questions
	f = &file{db: db, info: info, numbers: map[string]int64{}}
	if err := f.prepare(migrations); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *file) prepare(migrations []string) (err error) {
	ctx := context.Background()
	if f.conn, err = f.db.Conn(ctx); err != nil {
		return err
	}
	if err := f.check(len(migrations)); err != nil {
		return err
	}
	// Readers and the writer don't wait for each other.
	if err := f.exec("PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	if err := f.migrate(migrations); err != nil {
		return err
	}
	for stmt, text := range map[**sql.Stmt]string{
		&f.session: "INSERT INTO session (key, started) VALUES (?, ?) ON CONFLICT DO NOTHING",
		&f.begin:   "INSERT INTO cell (session, line, input) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET input = excluded.input, output = NULL",
		&f.output:  "UPDATE cell SET output = ? WHERE session = ? AND line = ?",
	} {
		if *stmt, err = f.conn.PrepareContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// check says whether the file is a history that this program knows, or empty.
func (f *file) check(known int) error {
	var application, tables, version int64
	// In one transaction: another kernel may be making the tables.
	err := f.transaction("BEGIN", func() (err error) {
		if tables, err = f.number("SELECT count(*) FROM sqlite_schema"); err != nil {
			return err
		}
		if application, err = f.number("PRAGMA application_id"); err != nil {
			return err
		}
		version, err = f.number("PRAGMA user_version")
		return err
	})
	switch {
	case err != nil:
		return err
	case application != applicationID && (application != 0 || tables > 0):
		return errForeign
	case version > int64(known):
		return fmt.Errorf("%w: its tables have version %d, and %d is the latest known here", errNewer, version, known)
	}
	return nil
}

// migrate brings the tables up to date, all or nothing.
func (f *file) migrate(migrations []string) error {
	return f.transaction("BEGIN IMMEDIATE", func() error {
		version, err := f.number("PRAGMA user_version") // another kernel may have done it
		if err != nil || version >= int64(len(migrations)) {
			return err
		}
		for i, step := range migrations[version:] {
			if err := f.exec(step); err != nil {
				return fmt.Errorf("bringing its tables from version %d to the next: %w", int(version)+i, err)
			}
		}
		return f.exec(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations)))
	})
}

// write writes entries, all or none.
func (f *file) write(entries []entry) error {
	if len(entries) == 1 && f.numbers[entries[0].book.key] != 0 {
		return f.writeEntry(f.numbers[entries[0].book.key], entries[0]) // a transaction by itself
	}
	if len(entries) == 0 {
		return nil
	}
	numbers := map[*book]int64{}
	err := f.transaction("BEGIN IMMEDIATE", func() error {
		for _, e := range entries {
			if numbers[e.book] == 0 {
				number, err := f.begun(e.book.key)
				if err != nil {
					return err
				}
				numbers[e.book] = number
			}
			if err := f.writeEntry(numbers[e.book], e); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		for b, number := range numbers {
			b.number.Store(number)
			f.numbers[b.key] = number
		}
	}
	return err
}

func (f *file) writeEntry(session int64, e entry) (err error) {
	if e.begins {
		_, err = f.begin.Exec(session, e.line, e.input)
	} else {
		_, err = f.output.Exec(e.output, session, e.line)
	}
	return err
}

// begun is the number of a session, which gets one if it has none.
func (f *file) begun(key string) (int64, error) {
	if number := f.numbers[key]; number != 0 {
		return number, nil
	}
	number, err := f.sessionOf(key)
	if !errors.Is(err, sql.ErrNoRows) {
		return number, err
	}
	if _, err := f.session.Exec(key, time.Now().UTC().Format(time.RFC3339)); err != nil {
		return 0, err
	}
	return f.sessionOf(key)
}

// sessionOf is the number of a session. The error is sql.ErrNoRows if it has none.
func (f *file) sessionOf(key string) (int64, error) {
	return f.number("SELECT number FROM session WHERE key = ?", key)
}

func (f *file) number(query string, args ...any) (n int64, err error) {
	err = f.conn.QueryRowContext(context.Background(), query, args...).Scan(&n)
	return n, err
}

func (f *file) exec(text string) error {
	_, err := f.conn.ExecContext(context.Background(), text)
	return err
}

func (f *file) transaction(begin string, do func() error) error {
	if err := f.exec(begin); err != nil {
		return err
	}
	err := do()
	if err == nil {
		err = f.exec("COMMIT")
	}
	if err != nil {
		// SQLite may have done it already; the error that counts is the first.
		_ = f.exec("ROLLBACK")
	}
	return err
}

// close closes the file; SQLite then puts what is in the log into the file and
// removes the log, if no other kernel uses it.
func (f *file) close() error {
	var errs []error
	for _, stmt := range []*sql.Stmt{f.session, f.begin, f.output} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	if f.conn != nil {
		errs = append(errs, f.conn.Close())
	}
	return errors.Join(append(errs, f.db.Close())...)
}

// moveAside moves a damaged file out of the way, with its log, and says where to.
// It does nothing if the file is not the one that was opened any more: then
// another kernel has done it.
func moveAside(path string, opened fileInfo) (moved string, err error) {
	now, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && opened != nil && !os.SameFile(now, opened) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	moved = path + ".damaged-" + time.Now().Format("20060102-150405.000")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(path+suffix, moved+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return moved, nil
}

func isCorrupt(err error) bool { return hasCode(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) }

func isLocked(err error) bool { return hasCode(err, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) }

func hasCode(err error, codes ...int) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Code()&0xff == code { // what is above says more
			return true
		}
	}
	return false
}
