def test_x(organisation):
    assert 1


def test_y(own_database, organisation):
    assert 1


def test_z(transactional_db, organisation):
    assert 1
