"""Scores what `lockgate-harness detect` found: `python -m labelled.score --cells SET OUT --columns SET OUT [--misses FILE]`."""
import argparse
import json
import sys
from collections import Counter

from . import credentials

SECRETS = {*credentials.TYPES, *credentials.NAMED}


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def pairs(set_path, found_path):
    """Each labelled row beside what was found for it; a row without an answer is a mistake of the run."""
    found = {row["id"]: row for row in read(found_path)}
    return [(row, found[row["id"]]) for row in read(set_path)]


def ratios(hit, missed, false):
    precision = hit / (hit + false) if hit + false else 0.0
    recall = hit / (hit + missed) if hit + missed else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hit else 0.0


class Count:
    """Hits, misses and false alarms by type."""

    def __init__(self):
        self.hit, self.missed, self.false = Counter(), Counter(), Counter()

    def of(self, kinds):
        return ratios(*(sum(n for t, n in c.items() if t in kinds) for c in (self.hit, self.missed, self.false)))

    def kinds(self):
        return sorted({*self.hit, *self.missed, *self.false})

    def macro(self):
        """Mean F1 over the types that the set holds."""
        labelled = {*self.hit, *self.missed}
        return sum(self.of({t})[2] for t in labelled) / len(labelled)

    def table(self):
        rows = ["type | hit | missed | false | precision | recall | F1", "---|---|---|---|---|---|---"]
        for t in self.kinds():
            p, r, f = self.of({t})
            rows.append(f"{t} | {self.hit[t]} | {self.missed[t]} | {self.false[t]} | {p:.3f} | {r:.3f} | {f:.3f}")
        return "\n".join(rows)


def overlaps(a, b):
    return a[0] < b[1] and b[0] < a[1]


def score_cells(rows, report):
    """A label is hit by a span of its type that overlaps it; every other span is a false alarm."""
    count, labelled, leaked, clean, altered = Count(), 0, 0, 0, 0
    for row, answer in rows:
        wanted, found, free = row["spans"], answer["spans"], list(answer["spans"])
        covered = {i for s in found for i in range(s[0], s[1])}
        for label in wanted:
            labelled += label[1] - label[0]
            leaked += sum(i not in covered for i in range(label[0], label[1]))
            match = next((s for s in free if s[2] == label[2] and overlaps(s, label)), None)
            (count.hit if match else count.missed)[label[2]] += 1
            if match:
                free.remove(match)
            else:
                report.append({"what": "missed", "type": label[2], **row, "found": found})
        for span in free:
            count.false[span[2]] += 1
            report.append({"what": "false", "type": span[2], **row, "found": found})
        clean += not wanted
        altered += not wanted and bool(found)
    return count, leaked / max(labelled, 1), altered / max(clean, 1)


def score_columns(rows, report):
    count, harmless, alarms = Count(), 0, 0
    for row, answer in rows:
        want, got = row["label"], answer["label"]
        if want and want == got:
            count.hit[want] += 1
            continue
        if want:
            count.missed[want] += 1
        if got:
            count.false[got] += 1
        if want or got:
            report.append({"what": "column", "want": want, "got": got, "column": row["column"], "values": row["values"][:5]})
        alarms += not want and bool(got)
    harmless = sum(row["label"] is None for row, _ in rows)
    return count, alarms, harmless


# The least that the project promises on its own sets.
PROMISED = {
    "precision": 0.96,
    "recall": 0.90,
    "macro F1": 0.88,
    "characters kept": 0.94,
    "cells left alone": 0.97,
    "secrets precision": 0.99,
    "secrets recall": 0.96,
    "columns F1": 0.90,
}


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--cells", nargs=2, metavar=("SET", "OUT"))
    args.add_argument("--columns", nargs=2, metavar=("SET", "OUT"))
    args.add_argument("--require", action="store_true", help="fail where a figure misses what is promised")
    args.add_argument("--misses", help="file for the misses and false alarms, one JSON object a line")
    args, report, figures = args.parse_args(), [], {}
    if args.cells:
        count, leaked, altered = score_cells(pairs(*args.cells), report)
        typed, secret = count.of(set(count.kinds())), count.of(SECRETS)
        figures |= {"precision": typed[0], "recall": typed[1], "macro F1": count.macro(), "characters kept": 1 - leaked}
        figures |= {"cells left alone": 1 - altered, "secrets precision": secret[0], "secrets recall": secret[1]}
        print(f"cells: precision {typed[0]:.3f} recall {typed[1]:.3f} macro F1 {count.macro():.3f} leaked {leaked:.2%} altered {altered:.2%}")
        print(f"secrets: precision {secret[0]:.3f} recall {secret[1]:.3f}\n\n{count.table()}\n")
    if args.columns:
        count, alarms, harmless = score_columns(pairs(*args.columns), report)
        figures |= {"columns F1": count.of(set(count.kinds()))[2]}
        print(f"columns: typed F1 {count.of(set(count.kinds()))[2]:.3f} macro F1 {count.macro():.3f} false alarms {alarms} of {harmless}\n\n{count.table()}")
    if args.misses:
        with open(args.misses, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in report)
    short = [f"{name} {value:.3f} is under {PROMISED[name]}" for name, value in figures.items() if value < PROMISED[name]]
    if args.require and short:
        sys.exit("; ".join(short))


if __name__ == "__main__":
    main()
