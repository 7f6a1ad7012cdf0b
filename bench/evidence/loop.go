// The log in Go and nothing else: entries of a file, hashed into a tree by sumdb/tlog, appended to a file, fsync and a
// root for each batch. Prints entries a second.
//
//	loop <entries: uint32 length, bytes, …> <batch> <file to append to>
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, 0, len(indexes))
	for _, i := range indexes {
		hashes = append(hashes, m[i])
	}
	return hashes, nil
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	raw, err := os.ReadFile(os.Args[1])
	must(err)
	batch, err := strconv.Atoi(os.Args[2])
	must(err)
	var entries [][]byte
	for len(raw) > 0 {
		length := binary.BigEndian.Uint32(raw)
		entries = append(entries, raw[4:4+length])
		raw = raw[4+length:]
	}
	file, err := os.Create(os.Args[3])
	must(err)
	started := time.Now()
	var hashes memory
	for from := 0; from < len(entries); from += batch {
		to := from + batch
		if to > len(entries) {
			to = len(entries)
		}
		var bytes []byte
		for i := from; i < to; i++ {
			stored, err := tlog.StoredHashes(int64(i), entries[i], hashes)
			must(err)
			hashes = append(hashes, stored...)
			bytes = append(bytes, entries[i]...)
		}
		_, err := tlog.TreeHash(int64(to), hashes)
		must(err)
		_, err = file.Write(bytes)
		must(err)
		must(file.Sync())
	}
	fmt.Printf("%.0f\n", float64(len(entries))/time.Since(started).Seconds())
}
