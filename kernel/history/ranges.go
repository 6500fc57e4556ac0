package history

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

// RangeHelp says how ranges are written.
const RangeHelp = `Ranges of the history, several with blanks between them:
  4        line 4 of this session: the cell In [4]
  4-6      lines 4, 5 and 6
  4-       line 4 and all after it
  243/1-5  lines 1 to 5 of session 243
  ~2/      all of the session two before this one
  ~1/7     line 7 of the session before
  ~8/1-~6/5  from line 1 eight sessions ago to line 5 six sessions ago`

// maxSessions is over how many sessions one range may go.
const maxSessions = 1000

// one range: [SESSION/][LINE][-[SESSION/][LINE]], or with : for a range without its end
var rangeForm = regexp.MustCompile(`^(?:(~?)(\d+)/)?(\d*)(?:([-:])(?:(~?)(\d+)/)?(\d*))?$`)

// Ranges reads ranges as users of IPython write them; see [RangeHelp]. Each may be
// several requests, one for each session. No words stand for all of this session.
func Ranges(words []string) ([]wire.HistoryRequest, error) {
	if len(words) == 0 {
		return []wire.HistoryRequest{request(0, 1, 0)}, nil
	}
	var all []wire.HistoryRequest
	for _, word := range words {
		found, err := readRange(word)
		if err != nil {
			return nil, fmt.Errorf("%q is no range of the history: %w", word, err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// IsRange says whether a word is written like a range.
func IsRange(word string) bool {
	m := rangeForm.FindStringSubmatch(word)
	return m != nil && (m[2] != "" || m[3] != "")
}

func readRange(word string) ([]wire.HistoryRequest, error) {
	if !IsRange(word) {
		return nil, errors.New("ranges are such as 3, 2-5, 4-, ~1/ and ~1/3-7")
	}
	m := rangeForm.FindStringSubmatch(word)
	sign, to := m[4], m[7]
	first, err := session(m[1], m[2])
	if err != nil {
		return nil, err
	}
	last := first
	if m[6] != "" {
		if last, err = session(m[5], m[6]); err != nil {
			return nil, err
		}
	}
	start, stop := 1, 0
	if m[3] != "" {
		if start, err = number(m[3]); err != nil {
			return nil, err
		}
		if sign == "" {
			stop = start + 1
		}
	}
	if to != "" {
		if stop, err = number(to); err != nil {
			return nil, err
		}
		if sign == "-" {
			stop++
		}
	}
	switch {
	case first > 0 != (last > 0):
		return nil, errors.New("both sessions must be counted back, as in ~8/1-~6/5, or both be numbers")
	case first > last, first == last && to != "" && stop < start:
		return nil, errors.New("it ends before it begins")
	case last-first >= maxSessions:
		return nil, fmt.Errorf("it goes over more than %d sessions", maxSessions)
	case first == last && to != "" && stop == start:
		return nil, nil // 4:4 has no lines
	case first == last:
		return []wire.HistoryRequest{request(first, start, stop)}, nil
	}
	all := []wire.HistoryRequest{request(first, start, 0)}
	for s := first + 1; s < last; s++ {
		all = append(all, request(s, 1, 0))
	}
	return append(all, request(last, 1, stop)), nil
}

// session is the number of a session as requests have it.
func session(sign, text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := number(text)
	if sign == "~" {
		n = -n
	}
	return n, err
}

func number(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n > 1<<31 {
		return 0, fmt.Errorf("%s is too large a number", strings.TrimSpace(text))
	}
	return n, nil
}

func request(session, start, stop int) wire.HistoryRequest {
	req := wire.HistoryRequest{Access: wire.HistoryRange, Session: session, Start: start}
	if stop > 0 {
		req.Stop = &stop
	}
	return req
}
