// A driver of database/sql, and values that it takes and gives.
package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
)

type drv struct{}

func (drv) Open(name string) (driver.Conn, error) { fmt.Println("open", name); return &conn{}, nil }

type conn struct{}

func (c *conn) Prepare(q string) (driver.Stmt, error) { return &stmt{q}, nil }
func (c *conn) Close() error                          { return nil }
func (c *conn) Begin() (driver.Tx, error)             { return tx{}, nil }

type tx struct{}

func (tx) Commit() error   { fmt.Println("commit"); return nil }
func (tx) Rollback() error { fmt.Println("rollback"); return nil }

type stmt struct{ q string }

func (s *stmt) Close() error  { return nil }
func (s *stmt) NumInput() int { return strings.Count(s.q, "?") }
func (s *stmt) Exec(a []driver.Value) (driver.Result, error) {
	fmt.Printf("exec %s %v\n", s.q, a)
	return driver.RowsAffected(2), nil
}
func (s *stmt) Query(a []driver.Value) (driver.Rows, error) {
	fmt.Printf("query %s %v\n", s.q, a)
	if s.q == "bad" {
		return nil, errBad
	}
	return &rows{}, nil
}

var errBad = errors.New("bad query")

type rows struct{ n int }

func (r *rows) Columns() []string { return []string{"id", "name", "c"} }
func (r *rows) Close() error      { return nil }
func (r *rows) Next(d []driver.Value) error {
	if r.n == 2 {
		return io.EOF
	}
	r.n++
	d[0] = int64(r.n)
	d[1] = fmt.Sprint("n", r.n)
	d[2] = "red"
	return nil
}

type Color int

func (c Color) Value() (driver.Value, error) { return map[Color]string{1: "red"}[c], nil }
func (c *Color) Scan(v any) error {
	if v == "red" {
		*c = 1
		return nil
	}
	return fmt.Errorf("no color %v", v)
}

type ID int64

func main() {
	sql.Register("x", drv{})
	db, err := sql.Open("x", "dsn")
	if err != nil {
		panic(err)
	}
	r, err := db.Exec("insert ?, ?", Color(1), ID(4))
	if err != nil {
		fmt.Println(err)
		return
	}
	n, _ := r.RowsAffected()
	fmt.Println(n)
	rs, err := db.Query("select ?", "q")
	fmt.Println(err)
	for rs.Next() {
		var id ID
		var name sql.NullString
		var c Color
		err := rs.Scan(&id, &name, &c)
		fmt.Println(id, name, c, err)
	}
	fmt.Println(rs.Err())
	var id int
	var name string
	var c Color
	fmt.Println(db.QueryRow("one").Scan(&id, &name, &c), id, name, c)
	var nc sql.Null[Color]
	fmt.Println(db.QueryRow("one").Scan(&id, &name, &nc), nc.V, nc.Valid)
	_, err = db.Query("bad")
	fmt.Println(err == errBad)
	t, _ := db.BeginTx(context.Background(), nil)
	t.Exec("u ?", sql.Named("x", 1))
	t.Commit()
	t, _ = db.Begin()
	t.Rollback()
	cn, _ := db.Conn(context.Background())
	cn.Raw(func(dc any) error { fmt.Printf("%T\n", dc); _, ok := dc.(*conn); fmt.Println(ok); return nil })
	cn.Close()
	fmt.Println(db.Driver().(drv) == drv{})
}
