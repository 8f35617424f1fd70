def count_waiting(database, after=None): return 0
class Review: pass
class ReviewField: pass
def review_of(c, i): raise NotImplementedError
def waiting(d, a, l): raise NotImplementedError
