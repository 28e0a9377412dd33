# Compares what several engines answered, and then how long it took them: python compare.py NAME=FILE..., Markdown to standard output.
# The first one is measured against the others, and what was asked by turns with raw SQL against that. Ends with 1 where answers differ:
# their times would mean nothing.
import json
import statistics
import sys


def main():
    told = {name: json.load(open(path)) for name, path in (argument.split("=", 1) for argument in sys.argv[1:])}
    first, *others = told
    different = []
    for question, answered in told[first]["questions"].items():
        different += [f"{question}: {first} and {name}" for name in others if told[name]["questions"][question]["rows"] != answered["rows"]]
    if different:
        print("answers differ:", *different, sep="\n  ")
        sys.exit(1)
    print("Answers are equal. Median seconds:\n")
    print("| question | " + " | ".join(told) + " |")
    print("|---|" + "---:|" * len(told))
    for question in told[first]["questions"]:
        medians = [statistics.median(one["questions"][question]["seconds"]) for one in told.values()]
        print(f"| {question.replace('_', ' ')} | " + " | ".join(f"{median:.3f}" for median in medians) + " |")
    for name, one in told.items():
        print_turns(name, one["questions"])
        for figure, value in one.get("figures", {}).items():
            print(f"\n{name}: {figure.replace('_', ' ')}: {value:,}")


def print_turns(name, questions):
    turns = {question: (one["seconds"], one["raw_seconds"]) for question, one in questions.items() if "raw_seconds" in one}
    if turns:
        print(f"\nBy turns, median seconds of {name}, of raw SQL, and how many times:\n")
    for question, sides in turns.items():
        own, raw = map(statistics.median, sides)
        print(f"- {question.replace('_', ' ')}: {own:.3f}, {raw:.3f}, {own / raw:.2f}")


main()
