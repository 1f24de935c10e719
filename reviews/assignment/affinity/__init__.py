"""How close a submission is to what a reviewer wrote: measured from texts without any network, or read from a file.

Pure: arrays and strings in, arrays out; imports nothing else of Dateline.
"""
