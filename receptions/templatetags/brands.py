"""The brands of a station, for pages of rooms below."""

from django import template

from receptions import brands
from receptions.models import Brand
from stations.models import Station

register = template.Library()


@register.simple_tag
def brands_of(station: Station) -> list[Brand]:
    """With their counts: one query."""
    return list(brands.counted(Brand.objects.filter(station=station)))
