package instance

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"hash/maphash"
	"runtime"
	"testing"
	"time"
	"unsafe"
)

func TestWeak(t *testing.T) {
	p := new([100]int)
	w := MakeWeak(unsafe.Pointer(p))
	if WeakValue(w) != unsafe.Pointer(p) || w != MakeWeak(unsafe.Pointer(p)) {
		t.Error("a weak pointer is not what it was made from")
	}
	runtime.KeepAlive(p)
	runtime.GC()
	if WeakValue(w) != nil {
		t.Error("a weak pointer keeps its object")
	}
	if WeakValue(nil) != nil {
		t.Error("a weak pointer that was not made has a value")
	}
}

func TestAddCleanup(t *testing.T) {
	done := make(chan bool)
	p := new([100]int)
	AddCleanup(unsafe.Pointer(p), func() { close(done) })
	runtime.GC()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("the cleanup of a lost object did not run")
	}
}

func TestHashes(t *testing.T) {
	seed := maphash.MakeSeed()
	if again := Comparable(seed, "a"); Comparable(seed, "a") != again || Comparable(seed, "a") == Comparable(seed, "b") {
		t.Error("Comparable does not tell values apart by ==")
	}
	var h1, h2 maphash.Hash
	h1.SetSeed(seed)
	h2.SetSeed(seed)
	WriteComparable(&h1, 1)
	WriteComparable(&h2, 1)
	if h1.Sum64() != h2.Sum64() {
		t.Error("WriteComparable differs for equal values")
	}
}

func TestKeys(t *testing.T) {
	h := func() hash.Hash { return sha256.New() }
	prk, err := Extract(h, []byte("secret"), []byte("salt"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Expand(h, prk, "info", 20)
	if err != nil {
		t.Fatal(err)
	}
	want, err := hkdf.Key(sha256.New, []byte("secret"), []byte("salt"), "info", 20)
	if err != nil || string(got) != string(want) {
		t.Errorf("Expand after Extract gives %x, hkdf.Key %x (%v)", got, want, err)
	}
	got, err = PBKDF2(h, "password", []byte("salt"), 2, 20)
	if err != nil {
		t.Fatal(err)
	}
	want, err = pbkdf2.Key(sha256.New, "password", []byte("salt"), 2, 20)
	if err != nil || hex.EncodeToString(got) != hex.EncodeToString(want) {
		t.Errorf("PBKDF2 = %x, want %x (%v)", got, want, err)
	}
}

func TestAssign(t *testing.T) {
	var n int
	if err := Assign(&n, int64(7)); n != 7 || err != nil {
		t.Errorf("assigned %d, %v", n, err)
	}
	var s string
	if err := Assign(&s, []byte("seven")); s != "seven" || err != nil {
		t.Errorf("assigned %q, %v", s, err)
	}
	if err := Assign(&n, "no number"); err == nil {
		t.Error("no error for text that is no number")
	}
	if err := Assign(&struct{}{}, int64(7)); err == nil {
		t.Error("no error for a struct")
	}
}
