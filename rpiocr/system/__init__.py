"""What every part needs of the machine and of whoever looks on: files written safely, text shown safely."""
